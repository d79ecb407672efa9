import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { layOut } from "./layout";

layOut();
// A machine that is busy with other things takes its time; what never comes still fails.
configure({ asyncUtilTimeout: 5_000 });

afterEach(() => {
  cleanup();
  localStorage.clear();
});
