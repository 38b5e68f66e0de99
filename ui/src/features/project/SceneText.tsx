// One scene of a draft: what it is for, and its paragraphs. In the text already, it is folded away.
import type { ReactNode } from "react";
import type { ChapterDraft, Wish } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Project.module.css";

type Critique = ChapterDraft["scenes"][number]["critique"];

interface SceneTextProps {
  scene: { number: number; aim: string; paragraphs: string[]; critique?: Critique };
  of: number;
  /** Of a passage of a selection: what was wished of it. */
  wish?: Wish;
  language: string;
  growing?: boolean;
  accepted?: boolean;
  children?: ReactNode;
}

export function SceneText({ scene, of, wish, language, growing = false, accepted = false, children }: SceneTextProps) {
  const { t } = useI18n();
  const name = wish ? t("rewrite.part", { n: scene.number, of, wish: t(`rewrite.wish.${wish}`) }) : t("drafting.scene", { n: scene.number, of });
  const aim = scene.aim && !wish && (
    <p className={classes["draftCost"]} dir="auto" lang={language}>
      {scene.aim}
    </p>
  );
  const paragraphs = scene.paragraphs.map((text, index) => (
    <p key={index} dir="auto" lang={language}>
      {text}
    </p>
  ));
  const critique = scene.critique && <Checked critique={scene.critique} />;
  if (accepted) {
    return (
      <details className={classes["scene"]} data-testid="scene" data-accepted>
        <summary>
          {name} · {t("drafting.accepted")}
        </summary>
        {aim}
        {critique}
        {paragraphs}
      </details>
    );
  }
  return (
    <article className={classes["scene"]} data-testid="scene" data-growing={growing || undefined} aria-busy={growing || undefined}>
      <header className={classes["draftLine"]}>
        <div>
          <h3>{name}</h3>
          {aim}
          {critique}
        </div>
        {children}
      </header>
      {paragraphs}
    </article>
  );
}

/** What code found in the first version, and what became of it. */
function Checked({ critique }: { critique: NonNullable<Critique> }) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const found = number.format((critique.found ?? []).length);
  const left = number.format((critique.left ?? []).length);
  return (
    <p className={classes["draftCost"]} data-testid="critique">
      {t(critique.kept === "revision" ? "prose.revised" : "prose.revised.first", { found, left })}
    </p>
  );
}
