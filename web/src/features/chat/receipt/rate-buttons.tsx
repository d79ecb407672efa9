import { texts } from "@/shared/i18n/chat";
import { UpIcon } from "@/shared/ui/icons";
import { rate, useRatings } from "./ratings";

/** Whether it was a good answer. `said`: what the server has of that. */
export function RateButtons({ requestId, said }: { requestId: string; said?: string | undefined }) {
  const rating = useRatings(({ ratings }) => ratings[requestId]) ?? said;
  return (
    <>
      {(["up", "down"] as const).map((value) => {
        const label = value === "up" ? texts.message.good : texts.message.bad;
        return (
          <button
            key={value}
            type="button"
            aria-label={label}
            title={label}
            aria-pressed={rating === value}
            onClick={() => void rate(requestId, value)}
            className={`action ${value === "down" ? "[&_svg]:rotate-180" : ""}`}
          >
            <UpIcon />
          </button>
        );
      })}
    </>
  );
}
