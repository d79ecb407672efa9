import type { ReactNode } from "react";
import { useSession, useSessionWatch } from "@/shared/api/session";
import { page, waiting } from "./page";

const LoginPage = page("login", () => import("@/features/login/login-page"));

/** On the server's own machine nobody needs a key as a rule, and nothing waits until that is known. */
const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(window.location.hostname);

/** The pages; in their place the way in, where the server does not know who asks. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data, isPending } = useSession();
  useSessionWatch();
  if (data?.authenticated === false) return <LoginPage />;
  // A server that does not answer is said by the page itself.
  if (isPending && !isHere) return waiting;
  return children;
}
