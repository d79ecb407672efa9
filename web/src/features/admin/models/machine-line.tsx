import type { Machine } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes } from "@/shared/lib/format";

/** What this machine has for models, in one line. */
export function MachineLine({ machine }: { machine: Machine }) {
  const said = texts.models;
  const bytes = (value: number | null | undefined) => (value == null ? said.unknown : formatBytes(value));
  const gpus = machine.gpus.map(({ name, memory_bytes }) => (memory_bytes == null ? name : `${name}, ${formatBytes(memory_bytes)}`));
  const parts = [
    said.processor(machine.cpu_model ?? said.unknown, machine.physical_cores),
    said.memory(bytes(machine.available_memory_bytes), bytes(machine.memory_bytes)),
    gpus.length === 0 ? said.noGpu : gpus.join(", "),
    said.disk(bytes(machine.disk_free_bytes)),
  ];
  return <>{parts.join(" · ")}</>;
}
