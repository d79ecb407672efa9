import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useCloud } from "../header/queries";

/** Whether questions may leave this machine, which they do not unless somebody says so. */
export function CloudChoice() {
  const cloud = useCloud();
  const client = useQueryClient();
  const off = useMutation({
    mutationFn: () => dataOf(api.POST("/admin/cloud/{bool}", { params: { path: { bool: false } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["admin-status"] }),
  });
  if (cloud.isPending) return <LoadingState lines={1} />;
  if (cloud.isError) return <ErrorState error={cloud.error} onRetry={() => void cloud.refetch()} />;
  const on = cloud.data.cloud_enabled && !cloud.data.local_only;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p className="text-soft">{on ? texts.setup.cloudOn : texts.setup.cloudOff}</p>
      {on && <Button size="small" onClick={() => off.mutate()}>{texts.setup.switchOff}</Button>}
      {off.isError && <ErrorState error={off.error} />}
    </div>
  );
}
