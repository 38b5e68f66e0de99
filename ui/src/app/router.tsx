// The addresses of the page. Each is loaded when it is first opened.
import { createBrowserRouter } from "react-router";
import { Broken, Missing, Opening } from "./Fallbacks";
import { Shell } from "./Shell";

export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <Broken />,
    hydrateFallbackElement: <Opening />,
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await import("@/features/dashboard/DashboardPage")).DashboardPage }),
      },
      {
        path: "sessions/:id",
        lazy: async () => ({ Component: (await import("@/features/session/SessionPage")).SessionPage }),
      },
      {
        path: "novels/:id",
        lazy: async () => ({ Component: (await import("@/features/novel/NovelPage")).NovelPage }),
      },
      {
        path: "projects/:id",
        lazy: async () => ({ Component: (await import("@/features/project/ProjectPage")).ProjectPage }),
      },
      {
        path: "projects/:id/chapters/:chapterId",
        lazy: async () => ({ Component: (await import("@/features/project/ChapterPage")).ChapterPage }),
      },
      {
        path: "projects/:id/chapters/:chapterId/desk",
        lazy: async () => ({ Component: (await import("@/features/project/DeskPage")).DeskPage }),
      },
      {
        path: "account",
        lazy: async () => ({ Component: (await import("@/features/auth/AccountPage")).AccountPage }),
      },
      {
        path: "models",
        lazy: async () => ({ Component: (await import("@/features/models/ModelsPage")).ModelsPage }),
      },
      {
        path: "credits",
        lazy: async () => ({ Component: (await import("@/features/credits/CreditsPage")).CreditsPage }),
      },
      {
        path: "insights",
        lazy: async () => ({ Component: (await import("@/features/insights/InsightsPage")).InsightsPage }),
      },
      { path: "*", element: <Missing /> },
    ],
  },
]);
