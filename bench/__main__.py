"""`make bench`: how fast the bot decides, and how many messages a second it takes and answers, on this machine.

python -m bench                        the table
python -m bench --json                 one JSON object
python -m bench --messages 500         more subscribers at once
"""

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import latency, throughput
from bench.latency import Latency
from bench.machine import Machine, this_machine
from bench.throughput import Throughput
from bot import config as configuration
from bot import log
from bot.app import open_library

HEADINGS = (
    f"{'':10}{'messages':>10}{'accepted/s':>12}{'answered/s':>12}{'sent/s':>10}{'limit/s':>10}{'CPU ms':>8}{'lost':>6}"
)


def main() -> None:
    options = _options()
    log.configure("warning", "console")
    machine = this_machine()
    decided, passed = asyncio.run(measure(options.config, options.questions, options.messages))
    print(as_json(machine, decided, passed) if options.json else as_text(machine, decided, passed))


async def measure(config_file: Path, questions: int, messages: int) -> tuple[Latency, list[Throughput]]:
    config = configuration.load(config_file)
    async with open_library(config) as library:
        asked = latency.questions_of(library, questions + messages)
        decided = await latency.measure(config, library, asked[:questions])
    with TemporaryDirectory() as folder:
        passed = [each async for each in throughput.measure_all(config_file, Path(folder), asked[-messages:])]
    return decided, passed


def as_json(machine: Machine, decided: Latency, passed: list[Throughput]) -> str:
    rows = [
        {**asdict(row), "bound": row.bound, "cores": row.cores, "accepted_to_limit": row.accepted_to_limit}
        for row in passed
    ]
    return json.dumps(
        {"machine": asdict(machine), "latency": asdict(decided), "throughput": rows}, ensure_ascii=False, indent=2
    )


def as_text(machine: Machine, decided: Latency, passed: list[Throughput]) -> str:
    lines = [
        machine.as_line(),
        "",
        f"Text -> decision, {decided.questions} questions one by one: p50 {decided.p50_ms:g} ms, "
        f"p99 {decided.p99_ms:g} ms, worst {decided.worst_ms:g} ms; {decided.answered:.0%} answered at once",
        "",
        HEADINGS,
        *(_row(row) for row in passed),
    ]
    return "\n".join(lines)


def _row(row: Throughput) -> str:
    limit = f"{row.limit_per_s:g}" if row.limit_per_s else "none"
    return (
        f"{row.messenger:10}{row.messages:>10}{row.accepted_per_s:>12.0f}{row.answered_per_s:>12.1f}"
        f"{row.sent_per_s:>10.1f}{limit:>10}{row.cpu_ms:>8.0f}{row.lost:>6}  {_bound(row)}"
    ).rstrip()


def _bound(row: Throughput) -> str:
    match row.bound:
        case "limit":
            return f"bound by the messenger's limit; hears {row.accepted_to_limit:g} times as fast"
        case "core":
            return f"bound by the processor: {row.cores:g} cores busy"
        case _:
            return ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path("config.yml"), help="whose knowledge and encoder to use")
    parser.add_argument("--questions", type=int, default=300, help="for the time of a decision")
    parser.add_argument("--messages", type=int, default=200, help="written at once in each messenger")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
