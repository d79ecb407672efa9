import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import { layOut } from "./layout";

layOut();

afterEach(() => {
  cleanup();
  localStorage.clear();
});
