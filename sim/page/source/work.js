// A worker of the page: it has the engine (sim/browser/engine.js), which already answers jobs.
