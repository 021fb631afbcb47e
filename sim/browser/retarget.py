"""Numba's LLVM IR, written for this machine, compiled to a WebAssembly object by the LLVM inside
llvmlite.

Each rewrite is one function that says why; `docs/browser.md`, *How it is built*, has them in one
table. Nothing here knows a rule.
"""

from __future__ import annotations

import re
from typing import Any

from sim.browser.description import EXPORT
from sim.config.errors import MACHINE, SimError

__all__ = ["FEATURES", "SCALAR_FEATURES", "rewrite", "to_object"]

# what every browser since March 2023 has; without simd128, since 2021 (docs/browser.md, Speed)
SCALAR_FEATURES = "+bulk-memory,+bulk-memory-opt,+nontrapping-fptoint,+sign-ext"
FEATURES = f"{SCALAR_FEATURES},+simd128"

_TRIPLE = "wasm32-unknown-unknown"
_INLINE = 50
_NOTHING = re.compile(r"NRT_(incref|decref)")
_ERROR_PATH = re.compile(
    r"Py\w+|NRT_(Free|MemInfo_call_dtor)|numba_(gil_ensure|gil_release|unpickle|do_raise|runtime_build_excinfo_struct)"
)
_INSTRUCTIONS = {"sqrt": "llvm.sqrt.f64"}
_NAME = r'"?([\w.$-]+)"?'
_CURE = "write the rule with scalars and records, or extend sim/browser/retarget.py"


def to_object(ir: str, features: str = FEATURES) -> bytes:
    """A WebAssembly object with :data:`sim.browser.description.EXPORT` as its one visible function.

    Raises
    ------
    SimError
        The rules call something that WebAssembly lacks, or keep pointers in memory.
    """
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(_TRIPLE).create_target_machine(opt=3, features=features)
    module = llvm.parse_assembly(rewrite(ir, str(machine.target_data)))
    module.verify()
    _optimise(llvm, machine, module)
    return machine.emit_object(module)


def _optimise(llvm: Any, machine: Any, module: Any) -> None:
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    # a fifth of LLVM's own: 4 to 5 % more runs a second in Node, and 4 kB less
    options.inlining_threshold = _INLINE
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)


def rewrite(ir: str, layout: str) -> str:
    """The IR with another target (``layout`` is its data layout), one public function, and nothing
    left to import.
    """
    _refuse_pointers_in_memory(ir)
    ir = _for_target(ir, layout)
    ir = _one_public_function(ir)
    ir = _without_reference_counts(ir)
    return _without_imports(ir)


def _refuse_pointers_in_memory(ir: str) -> None:
    """Numba laid out its structures for pointers of eight bytes and here they have four: none may
    stand in work space.
    """
    found = re.search(r"= alloca (?=[\[{<])[^\n]*\bptr\b", ir)
    if found:
        raise SimError(
            "a rule keeps pointers in a structure",
            given=found.group(),
            cure=_CURE,
            exit_code=MACHINE,
        )


def _for_target(ir: str, layout: str) -> str:
    """Triple, data layout, and no attribute that names an x86 processor; WebAssembly knows no
    ``common`` symbols.
    """
    ir = re.sub(r'^target triple = ".*"$', f'target triple = "{_TRIPLE}"', ir, flags=re.MULTILINE)
    ir = re.sub(
        r'^target datalayout = ".*"$', f'target datalayout = "{layout}"', ir, flags=re.MULTILINE
    )
    ir = re.sub(r'"(target-cpu|target-features|tune-cpu|probe-stack)"="[^"]*"', "", ir)
    return re.sub(r"= common ", "= ", ir)


def _one_public_function(ir: str) -> str:
    """The callback gets its plain name; all else is internal, so that LLVM may inline it and drop
    what is unused.
    """
    mangled = set(re.findall(r"^define [^\n]*@\"?(cfunc\.[\w.$-]+)", ir, re.MULTILINE))
    if len(mangled) != 1:
        raise SimError(
            "Numba's IR does not contain exactly one callback",
            given=len(mangled),
            cure=_CURE,
            exit_code=MACHINE,
        )
    ir = re.sub(rf'@"?{re.escape(mangled.pop())}"?(?=\()', f"@{EXPORT}", ir)
    linkage = r"(?:linkonce_odr |weak_odr |internal |private |hidden |dso_local )*"
    return re.sub(
        rf"^define {linkage}(?![^\n]*@{EXPORT}\()", "define internal ", ir, flags=re.MULTILINE
    )


def _without_reference_counts(ir: str) -> str:
    """Numba counts references with an x86 instruction; no array here owns memory, so counting does
    nothing.
    """
    lines, inside = [], False
    for line in ir.split("\n"):
        name = _defined(line)
        if name and name.startswith("NRT_"):
            inside = True
            lines.append(_body(line, name))
        elif not inside and "@llvm.x86." not in line:
            lines.append(line)
        inside = inside and line != "}"
    return "\n".join(lines)


def _defined(line: str) -> str | None:
    found = re.match(rf"define [^\n]*?@{_NAME}\(", line)
    return found.group(1) if found else None


def _body(line: str, name: str) -> str:
    if not _NOTHING.fullmatch(name):
        return _trap(line.removesuffix("{"))
    return f"define internal void @{name}(ptr %counted) alwaysinline {{\n  ret void\n}}"


def _without_imports(ir: str) -> str:
    """Square roots become the instruction, Python's error paths a trap; any other declared function
    is refused.
    """
    for name, instruction in _INSTRUCTIONS.items():
        ir = re.sub(rf"@{name}\(", f"@{instruction}(", ir)
    ir = re.sub(
        r"^declare (?![^\n]*@llvm\.)[^\n]*$",
        lambda found: _trap(found.group()),
        ir,
        flags=re.MULTILINE,
    )
    return ir if "declare void @llvm.trap()" in ir else f"{ir}\ndeclare void @llvm.trap()\n"


def _trap(head: str) -> str:
    """A body that stops the run. Not ``unreachable`` alone: LLVM would then assume that no check
    ever fails.
    """
    found = re.match(rf"(?:declare|define) (?:internal |linkonce_odr )*(.*?)@{_NAME}\((.*)\)", head)
    name = found.group(2) if found else head
    if found is None or not _ERROR_PATH.fullmatch(name):
        raise SimError(
            "the rules call a function that a browser does not have",
            given=name,
            cure=_CURE,
            exit_code=MACHINE,
        )
    result = found.group(1).removeprefix("noundef ").strip()
    return (
        f"define internal {result} @{name}({found.group(3)}) cold noinline noreturn {{\n"
        "  call void @llvm.trap()\n  unreachable\n}"
    )
