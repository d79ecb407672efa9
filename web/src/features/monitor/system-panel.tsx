import type { ReactNode } from "react";
import type { System } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatBytes, formatNumber, formatShare } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import { Panel } from "@/shared/ui/panel";
import { LoadingState } from "@/shared/ui/states";

const t = texts.system;

/** The machine: what is used of it, and by whom. */
export function SystemPanel({ system, stale }: { system: System | null; stale: boolean }) {
  return (
    <Panel title={t.title}>
      {system === null ? (
        <LoadingState lines={4} />
      ) : (
        <div className={`grid gap-4 ${stale ? "opacity-50" : ""}`}>
          <Processors system={system} />
          <Memory values={system.values} />
          <Disk values={system.values} />
          <Graphics machine={system.machine} />
        </div>
      )}
    </Panel>
  );
}

type Values = System["values"];

function Processors({ system }: { system: System }) {
  const { cpu, process_cpu_cores: cores } = system.values;
  const threads = system.machine.cores;
  const about = [
    threads && t.threads(formatNumber(threads)),
    cores !== null && cores !== undefined && t.process(formatNumber(cores)),
  ].filter(Boolean);
  return <Used name={t.cpu} share={cpu} said={cpu === null || cpu === undefined ? t.unknown : formatShare(cpu)} about={about.join(", ")} />;
}

function Memory({ values }: { values: Values }) {
  const { memory_used_bytes: used, memory_total_bytes: total } = values;
  const about = [
    values["process_memory_bytes"] && t.server(formatBytes(values["process_memory_bytes"])),
    values["models_memory_bytes"] && t.workers(formatBytes(values["models_memory_bytes"])),
  ].filter(Boolean);
  const known = used !== null && used !== undefined && total !== null && total !== undefined && total > 0;
  return (
    <Used
      name={t.memory}
      share={known ? used / total : null}
      said={known ? t.used(formatBytes(used), formatBytes(total)) : t.unknown}
      about={about.join(", ")}
      tone={known ? toneOf(used / total, 0.92, 0.97) : "accent"}
    />
  );
}

function Disk({ values }: { values: Values }) {
  const { disk_free_bytes: free, disk_total_bytes: total } = values;
  const known = free !== null && free !== undefined && total !== null && total !== undefined && total > 0;
  return (
    <Used
      name={t.disk}
      share={known ? 1 - free / total : null}
      said={known ? t.diskFree(formatBytes(free), formatBytes(total)) : t.unknown}
      tone={known ? toneOf(-free, -(2 ** 30), -(2 ** 27)) : "accent"}
    />
  );
}

function Graphics({ machine }: { machine: System["machine"] }) {
  if (machine.gpus.length === 0) {
    return (
      <div>
        <p className="text-sm font-medium">{t.noGpu}</p>
        <p className="text-xs text-faint">{machine.gpu_problem ? t.noGpuAbout(machine.gpu_problem) : t.unknown}</p>
      </div>
    );
  }
  return machine.gpus.map((gpu, index) => {
    const known = typeof gpu.memory_used_bytes === "number" && typeof gpu.memory_total_bytes === "number";
    const about = [
      known && t.used(formatBytes(gpu.memory_used_bytes ?? 0), formatBytes(gpu.memory_total_bytes ?? 0)),
      typeof gpu.temperature_c === "number" && t.degrees(formatNumber(gpu.temperature_c)),
      typeof gpu.power_w === "number" && t.watts(formatNumber(gpu.power_w)),
    ].filter(Boolean);
    const busy = gpu.busy ?? null;
    return (
      <Used
        // oxlint-disable-next-line react/no-array-index-key -- a machine may have several of one name, in a fixed order
        key={index}
        name={`${t.gpu}: ${gpu.name}`}
        share={busy}
        said={busy === null ? t.unknown : formatShare(busy)}
        about={about.join(", ")}
      />
    );
  });
}

interface UsedProps {
  name: string;
  share: number | null | undefined;
  said: string;
  about?: ReactNode;
  tone?: Tone;
}

type Tone = "accent" | "warning" | "danger";

/** From the values on from which the server raises its alerts. */
function toneOf(value: number, warning: number, critical: number): Tone {
  if (value >= critical) return "danger";
  return value >= warning ? "warning" : "accent";
}

function Used({ name, share, said, about, tone = "accent" }: UsedProps) {
  return (
    <div>
      <p className="mb-1.5 flex items-baseline justify-between gap-3 text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-right text-soft tabular-nums">{said}</span>
      </p>
      {share !== null && share !== undefined && <Meter label={name} share={share} said={said} tone={tone} />}
      {about && <p className="mt-1 text-xs text-faint tabular-nums">{about}</p>}
    </div>
  );
}
