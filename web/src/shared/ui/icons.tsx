import type { ReactNode } from "react";

/** Drawn on a 20 × 20 grid with one stroke width, so that they sit together. Always beside or inside a label. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 20 20"
      className="size-5 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const MenuIcon = () => (
  <Icon>
    <path d="M3 6h14M3 10h14M3 14h9" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);

export const NewIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4M5 9l5-5 5 5" />
  </Icon>
);

export const StopIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor" />
  </Icon>
);

export const DownIcon = () => (
  <Icon>
    <path d="M10 4v12M5 11l5 5 5-5" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 4.2A1.7 1.7 0 0 0 11.5 3.5H5.2a1.7 1.7 0 0 0-1.7 1.7v6.3c0 .6.3 1.2.7 1.5" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="5.2" />
    <path d="m13 13 3.8 3.8" />
  </Icon>
);

export const MoreIcon = () => (
  <Icon>
    <path d="M5 10h.01M10 10h.01M15 10h.01" strokeWidth="2.4" />
  </Icon>
);

export const PinIcon = () => (
  <Icon>
    <path d="M7 3.5h6M8 3.5v5L5.5 12h9L12 8.5v-5M10 12v5" />
  </Icon>
);

export const FolderIcon = () => (
  <Icon>
    <path d="M3 15V5.5A1.5 1.5 0 0 1 4.5 4H8l2 2.2h5.5A1.5 1.5 0 0 1 17 7.7V15a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1Z" />
  </Icon>
);

export const ClipIcon = () => (
  <Icon>
    <path d="m15.5 9.5-5.8 5.8a3.5 3.5 0 0 1-5-5l6.3-6.3a2.4 2.4 0 0 1 3.4 3.4l-6.2 6.2a1.2 1.2 0 0 1-1.7-1.7l5.3-5.3" />
  </Icon>
);

export const SlidersIcon = () => (
  <Icon>
    <path d="M4 3.5v5M4 12.5v4M10 3.5v8M10 15.5v1M16 3.5v2M16 9.5v7M2 10.5h4M8 13.5h4M14 7.5h4" />
  </Icon>
);

export const MaskIcon = () => (
  <Icon>
    <path d="M2.5 9.5h15M5 9.5l1.2-5h7.600l1.2 5" />
    <circle cx="6" cy="13.5" r="2.3" />
    <circle cx="14" cy="13.5" r="2.3" />
    <path d="M8.3 13.2c1-.7 2.4-.7 3.4 0" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M12 4.5 6.5 10l5.5 5.5" />
  </Icon>
);

export const ChatIcon = () => (
  <Icon>
    <path d="M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4Z" />
  </Icon>
);

export const PulseIcon = () => (
  <Icon>
    <path d="M2.5 10.5h3.2l2.3-6 4 11 2.3-5h3.2" />
  </Icon>
);

export const GearIcon = () => (
  <Icon>
    <path d="M3 6h7M14 6h3M3 14h3M10 14h7" />
    <circle cx="12" cy="6" r="2" />
    <circle cx="8" cy="14" r="2" />
  </Icon>
);

export const ExploreIcon = () => (
  <Icon>
    <path d="m7 5.5-4 4.5 4 4.5M13 5.5l4 4.5-4 4.5M11.3 4 8.7 16" />
  </Icon>
);

export const HalfIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 3.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />
  </Icon>
);

export const Mark = () => (
  <svg viewBox="0 0 32 32" className="size-5 shrink-0 fill-accent" aria-hidden="true">
    <circle cx="16" cy="7.5" r="5" />
    <circle cx="7.5" cy="22.5" r="5" />
    <circle cx="24.5" cy="22.5" r="5" />
  </svg>
);

export const UpIcon = () => (
  <Icon>
    <path d="M7 17H4.5a1 1 0 0 1-1-1v-5.5a1 1 0 0 1 1-1H7M7 17V9.5l3.2-6.3a1.7 1.7 0 0 1 1.9 1.9L11.5 8h3.8a1.5 1.5 0 0 1 1.5 1.8l-1.1 5.8A1.7 1.7 0 0 1 14 17Z" />
  </Icon>
);

export const AgainIcon = () => (
  <Icon>
    <path d="M15.8 8.5A6 6 0 1 0 16 11.3M16.3 4.5v4h-4" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="10" cy="7" r="3.2" />
    <path d="M3.8 16.5c.9-3 3.3-4.4 6.2-4.4s5.3 1.4 6.2 4.4" />
  </Icon>
);

export const PencilIcon = () => (
  <Icon>
    <path d="m4 16 .8-3.4 8.3-8.3a1.5 1.5 0 0 1 2.1 0l.5.5a1.5 1.5 0 0 1 0 2.1l-8.3 8.3Z" />
  </Icon>
);

export const LeftIcon = () => (
  <Icon>
    <path d="M12 5 7 10l5 5" />
  </Icon>
);

export const RightIcon = () => (
  <Icon>
    <path d="m8 5 5 5-5 5" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon>
    <path d="M6.5 4.5v11l9-5.5Z" />
  </Icon>
);

export const WhyIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M8.2 8.2a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.7-.9 1.3M10 13.6v.01" />
  </Icon>
);
