import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { toast } from "@/shared/ui/toasts";

/** For how long a yes holds: for this question, for this conversation, for all that goes to the host. */
export type Lasting = "once" | "conversation" | "host";

interface Consent {
  lasting: Lasting;
  conversation: string;
  host: string;
}

const setting = "privacy.consent_hosts";

/** Remembers a yes in the server, where it can be taken back: the conversation's options, or /admin. */
export function useConsent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ lasting, conversation, host }: Consent): Promise<void> => {
      if (lasting === "conversation") {
        const params = { path: { id: conversation } };
        await dataOf(api.PATCH("/v1/conversations/{id}", { params, body: { settings: { consent: true } } }));
      } else if (lasting === "host") {
        const { data } = await dataOf(api.GET("/v1/settings"));
        const before = data.find(({ key }) => key === setting)?.value;
        const hosts = Array.isArray(before) ? before.map(String) : [];
        const values = { [setting]: [...new Set([...hosts, host])] };
        await dataOf(api.PATCH("/v1/settings", { body: { values } }));
      }
    },
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey: [of] }) => of !== "messages" && of !== "session" }),
    onError: (thrown) => toast(asFailure(thrown).message, { tone: "danger" }),
  });
}
