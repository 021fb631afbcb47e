// The page opens: the question, and a hundred runs as proof that the module works.
import { openContents, workerSource } from "./contents.js";
import { Schema } from "./settings.js";

async function main() {
  const contents = await openContents();
  document.getElementById("question").textContent = contents.question;
  const workers = new globalThis.Workers(workerSource(), contents.module, contents.description);
  const params = new Schema(contents).record(contents.scenarios[0]);
  const { runs } = await workers.simulate({ params, seed: 1n, runs: 100 });
  document.getElementById("answer").textContent = `${runs.length / contents.description.sizes.run} runs computed`;
}

main();
