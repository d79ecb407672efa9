import { act, render, screen } from "@testing-library/react";
import { Component, type ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { later } from "./later";

const Said = ({ word }: { word: string }) => <p>{word}</p>;

test("code that was fetched ahead is shown in the first frame", async () => {
  const load = vi.fn<() => Promise<{ default: typeof Said }>>(async () => ({ default: Said }));
  const Part = later(load, <p>wait</p>);
  Part.ahead();
  await load.mock.results[0]?.value;
  await Promise.resolve();

  render(<Part word="there" />);

  expect(screen.getByText("there")).not.toBeNull();
  expect(load).toHaveBeenCalledTimes(1);
});

test("a placeholder stands there until the code has come, and no longer", async () => {
  let come: (part: { default: typeof Said }) => void = () => {};
  const Part = later(() => new Promise<{ default: typeof Said }>((resolve) => (come = resolve)), <p>wait</p>);
  render(<Part word="there" />);
  expect(screen.getByText("wait")).not.toBeNull();

  // Not `findByText`: nothing may hold it back.
  await act(async () => come({ default: Said }));

  expect(screen.getByText("there")).not.toBeNull();
  expect(screen.queryByText("wait")).toBeNull();
});

test("a failure reaches the error boundary, and the next one to show it tries again", async () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  const load = vi.fn<() => Promise<{ default: typeof Said }>>(async () => ({ default: Said })).mockRejectedValueOnce(new Error("gone"));
  const Part = later(load);
  const first = render(<Boundary><Part word="there" /></Boundary>);
  expect(await screen.findByText("gone")).not.toBeNull();
  first.unmount();

  render(<Boundary><Part word="there" /></Boundary>);

  expect(await screen.findByText("there")).not.toBeNull();
  quiet.mockRestore();
});

class Boundary extends Component<{ children: ReactNode }, { message: string | null }> {
  override state = { message: null };

  static getDerivedStateFromError({ message }: Error) {
    return { message };
  }

  override render() {
    return this.state.message === null ? this.props.children : <p>{this.state.message}</p>;
  }
}
