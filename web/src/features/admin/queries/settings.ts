import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { toast } from "@/shared/ui/toasts";
import { titleOf } from "../setting-texts";
import { keys } from "./keys";

interface List {
  object: string;
  data: Setting[];
}

/** Every setting, group by group. */
export function useSettings() {
  return useQuery({
    queryKey: keys.settings,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/settings", { signal })),
  });
}

/** What depends on settings, and is asked for again when one has changed. */
const dependent = [keys.audit, keys.status, keys.budget, keys.panic, keys.sandbox, keys.models, ["models"]];

function useChange<Order>(
  send: (order: Order) => Promise<List>,
  /** What the settings look like when it has worked. */
  expect: (order: Order) => { key: string } & Partial<Setting>,
  said: (name: string) => string,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onMutate: async (order) => {
      await client.cancelQueries({ queryKey: keys.settings });
      const before = client.getQueryData<List>(keys.settings);
      const wanted = expect(order);
      client.setQueryData<List>(keys.settings, (list) => list && merged(list, [wanted]));
      return before;
    },
    onSuccess: (list, order) => {
      client.setQueryData<List>(keys.settings, (old) => old && merged(old, list.data));
      toast(said(titleOf(expect(order).key)));
    },
    onError: (error, order, before) => {
      client.setQueryData(keys.settings, before);
      toast(texts.settings.notSaved(titleOf(expect(order).key), asFailure(error).message), { tone: "danger", lasts: 10_000 });
    },
    onSettled: () => {
      for (const queryKey of dependent) void client.invalidateQueries({ queryKey });
    },
  });
}

/** Changes a setting: shown at once, and taken back where the server refuses it. */
export function useChangeSetting() {
  return useChange(
    ({ key, value }: { key: string; value: unknown }) =>
      dataOf(api.PATCH("/v1/settings", { body: { values: { [key]: value } } })),
    ({ key, value }) => ({ key, value, source: "setting" }),
    texts.settings.saved,
  );
}

/** Sets a setting back to what is configured. */
export function useResetSetting() {
  return useChange(
    ({ key }: { key: string; value: unknown }) =>
      dataOf(api.DELETE("/v1/settings/{key}", { params: { path: { key } } })),
    // Its default, which is what it gets.
    ({ key, value }) => ({ key, value, source: "config", since: null }),
    texts.settings.wasReset,
  );
}

function merged(list: List, changed: ({ key: string } & Partial<Setting>)[]): List {
  const of = new Map(changed.map((setting) => [setting.key, setting]));
  return { ...list, data: list.data.map((setting) => ({ ...setting, ...of.get(setting.key) })) };
}
