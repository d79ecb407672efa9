/** Said on the document when the last question of the open conversation is to be edited. */
export const editLastEvent = "council:edit-last";

/** Asks whoever shows the conversation to open the last question for editing. */
export function editLast(): void {
  document.dispatchEvent(new CustomEvent(editLastEvent));
}
