// The words of the contract, by short names. Everything comes from schema.d.ts, which is generated from openapi.json.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Stage = Schemas["GenesisStage"];
export type CommandType = Schemas["CommandType"];
export type Command = Schemas["AnyCommandRequest"];
export type CommandAnswer = Schemas["CommandAnswer"];
/** As the page has it: the state within 200 KB. Contents that are null are asked for when they are shown. */
export type SessionState = Schemas["CompactState"];
/** The same with every content, as programs have it. */
export type WholeState = Schemas["SessionState"];
export type StageView = Schemas["CompactStage"];
export type StageDetail = Schemas["StageDetail"];
export type StageStatus = StageView["status"];
export type Proposal = Schemas["CompactProposal"];
export type WholeProposal = Schemas["ProposalView"];
export type WorkRequest = Schemas["WorkRequest"];
export type ProposalPage = Schemas["ProposalPage"];
export type Feedback = Schemas["FeedbackView"];
export type FeedbackPage = Schemas["FeedbackPage"];
export type Pending = Schemas["CompactPending"];
export type Action = Schemas["ActionView"];
export type Warning = Schemas["WarningView"];
export type SessionItem = Schemas["SessionItem"];
export type SessionFamily = Schemas["SessionFamily"];
export type SessionDifferences = Schemas["SessionDifferences"];
export type StageDifferences = Schemas["StageDifferences"];
export type ValueChange = Schemas["Change"];
export type SessionArchive = Schemas["ArchiveView"];
export type SessionAccess = Schemas["SessionAccess"];
export type SessionPage = Schemas["SessionPage"];
export type NovelItem = Schemas["NovelItem"];
export type NovelPage = Schemas["NovelPage"];
export type Novel = Schemas["Novel"];
export type ProjectPage = Schemas["ProjectPage"];
export type ProjectItem = Schemas["ProjectItem"];
export type Project = Schemas["Project"];
export type BookConcepts = Schemas["BookConcepts"];
export type Concept = Schemas["ConceptView"];
export type InitiationRequest = Schemas["InitiationRequest"];
export type InitiationAnswer = Schemas["InitiationAnswer"];
export type IdeasDraftFrame = Schemas["IdeasDraftFrame"];
export type Continuity = Schemas["ContinuityView"];
export type Finding = Schemas["FindingView"];
export type FindingSide = Schemas["Said"];
export type Preflight = Schemas["Preflight"];
export type ContentsEntry = Schemas["ContentsEntry"];
export type BookContents = Schemas["Contents"];
export type ProposedContents = NonNullable<BookContents["proposed"]>;
export type ProposedChapter = ProposedContents["chapters"][number];
export type ContentsFinding = BookContents["findings"][number];
export type EntryKind = ContentsEntry["kind"];
export type Chapter = Schemas["Chapter"];
export type ChapterDraft = NonNullable<Chapter["draft"]>;
export type ChapterDraftFrame = Schemas["ChapterDraftFrame"];
export type ChapterStatus = Chapter["status"];
export type Block = Schemas["Block"];
export type Edit = Schemas["EditChapter"]["edits"][number];
export type ProjectCommand = Schemas["AnyProjectCommandRequest"];
export type ProjectAnswer = Schemas["ProjectAnswer"];
export type ChapterCommand = Schemas["AnyChapterCommandRequest"];
export type ChapterAnswer = Schemas["ChapterAnswer"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type TimelinePage = Schemas["TimelinePage"];
export type ProgressFrame = Schemas["ProgressFrame"];
export type DraftFrame = Schemas["DraftFrame"];
export type DraftPieceFrame = Schemas["DraftPieceFrame"];
export type ResetFrame = Schemas["ResetFrame"];
export type Contradiction = Schemas["ContradictionView"];
export type ContradictionList = Schemas["ContradictionList"];
export type Provenance = Schemas["SessionProvenance"];
export type ProvenanceStep = Schemas["ProvenanceStep"];
export type ValueProvenance = Schemas["ValueProvenance"];
export type AuthorShares = Schemas["AuthorShares"];
export type Access = Schemas["AccessItem"];
export type Backups = Schemas["Backups"];
export type ReadEntry = Schemas["ReadEntry"];
export type ReadsPage = Schemas["ReadsPage"];
export type NewToken = Schemas["NewToken"];
export type Credits = Schemas["CreditsView"];
export type CreditsEntry = Schemas["CreditsEntry"];
export type CreditsHistory = Schemas["CreditsHistory"];
export type Estimate = Schemas["Estimate"];
export type ModelItem = Schemas["ModelItem"];
export type ModelList = Schemas["ModelList"];
export type ModelPreset = Schemas["PresetItem"];
export type ModelTest = Schemas["ModelTest"];
export type ModelRequest = Schemas["ModelRequest"];
export type AvailableModels = Schemas["AvailableModels"];
export type SessionModel = Schemas["SessionModel"];
export type Me = Schemas["Me"];
export type Mode = SessionState["mode"];
export type SessionStatus = SessionState["status"];

export type Content = Record<string, unknown>;

export const STAGES = ["CONCEPT_SELECTION", "STORY_CONCEPTION", "CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE"] as const;
export type WorkStage = (typeof STAGES)[number];

export function isWorkStage(stage: string): stage is WorkStage {
  return (STAGES as readonly string[]).includes(stage);
}
