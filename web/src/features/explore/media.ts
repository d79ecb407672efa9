/** How a body of this media type is written: as JSON with a form, as plain text, as a form with files, or as a file. */
export function bodyKind(mediaType: string): "json" | "text" | "form" | "file" {
  if (mediaType === "multipart/form-data") return "form";
  if (/\bjson$/.test(mediaType) && !mediaType.includes("ndjson")) return "json";
  return isText(mediaType) ? "text" : "file";
}

/** Whether a body can be shown as text. */
export function isText(mediaType: string): boolean {
  return mediaType === "" || /^text\/|json|xml|javascript/.test(mediaType);
}
