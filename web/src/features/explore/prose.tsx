/** Words of the server's description; what stands between backticks is code. */
export function Prose({ text }: { text: string }) {
  return text.split(/`([^`\n]+)`/).map((part, index) =>
    index % 2 === 1 ? (
      // oxlint-disable-next-line react/no-array-index-key -- parts have nothing but their place
      <code key={index} className="font-mono text-[0.92em] text-soft">{part}</code>
    ) : (
      part
    ),
  );
}
