import { create } from "zustand";
import { asFailure } from "@/shared/api/failure";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import type { UploadedFile } from "../chat-api";
import { upload } from "../transfer/upload";

/** A file that the person put to the next question. */
export interface AttachedFile {
  /** Counts the files of this tab. */
  key: number;
  file: File;
  /** How much of it has been sent, in [0, 1]. */
  share: number;
  /** As the server keeps it; `null` until it does. */
  kept: UploadedFile | null;
  /** Why it cannot go with the question. */
  failure: string | null;
}

interface Files {
  /** By conversation. */
  of: Readonly<Record<string, readonly AttachedFile[]>>;
}

export const useFiles = create<Files>(() => ({ of: {} }));

const none: readonly AttachedFile[] = [];
const sending = new Map<number, AbortController>();
let latest = 0;

export function useFilesOf(conversation: string): readonly AttachedFile[] {
  return useFiles(({ of }) => of[conversation] ?? none);
}

/** Puts files to the next question: each is sent at once, or says why it cannot be. */
export function attach(conversation: string, files: readonly File[], models: readonly Model[]): void {
  for (const file of files) {
    const failure = whyNot(file, models);
    const key = ++latest;
    edit(conversation, (all) => [...all, { key, file, share: 0, kept: null, failure }]);
    if (failure === null) void send(conversation, key, file);
  }
}

/** Takes one back. */
export function detach(conversation: string, key: number): void {
  sending.get(key)?.abort();
  edit(conversation, (all) => all.filter((one) => one.key !== key));
}

/** They went with a question. */
export function clearFiles(conversation: string): void {
  edit(conversation, () => none);
}

/** What is known before anything is sent. */
function whyNot(file: File, models: readonly Model[]): string | null {
  if (file.size === 0) return texts.files.empty;
  const seen = models.some(({ capabilities }) => capabilities.vision);
  return file.type.startsWith("image/") && !seen ? texts.files.noVision : null;
}

async function send(conversation: string, key: number, file: File): Promise<void> {
  const controller = new AbortController();
  sending.set(key, controller);
  const body = new FormData();
  body.append("file", file, file.name);
  try {
    const { data } = await upload<{ data: UploadedFile[] }>(
      `/v1/conversations/${encodeURIComponent(conversation)}/attachments`,
      body,
      { onProgress: (share) => change(conversation, key, { share }), signal: controller.signal },
    );
    change(conversation, key, { kept: data[0] ?? null, share: 1 });
  } catch (thrown) {
    if (controller.signal.aborted) return;
    const { message, hint } = asFailure(thrown);
    change(conversation, key, { failure: hint === null ? message : `${message}; ${hint}` });
  } finally {
    sending.delete(key);
  }
}

function change(conversation: string, key: number, changes: Partial<AttachedFile>): void {
  edit(conversation, (all) => all.map((one) => (one.key === key ? { ...one, ...changes } : one)));
}

function edit(conversation: string, to: (all: readonly AttachedFile[]) => readonly AttachedFile[]): void {
  useFiles.setState(({ of }) => ({ of: { ...of, [conversation]: to(of[conversation] ?? none) } }));
}
