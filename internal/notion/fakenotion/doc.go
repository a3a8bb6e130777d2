// Package fakenotion is the Notion API over a workspace that lives in memory:
// the shapes, limits and refusals of the real one (version 2026-03-11), plus
// misbehaviour on demand. Tests sync from it and the demo lives in it.
//
// Everything it does follows from its Options and the calls made to it: ids
// come from the seed, time from Now.
//
// # What it plays, and where that is from
//
// D is Notion's documentation (developers.notion.com), S its own code, T a
// thread on GitHub, O somebody's observation, I our inference. What has no call
// beside it happens by itself.
//
//	protocol
//	  wrong token, no or unknown version           D reference/status-codes          SetToken
//	  unknown key in a query, as in_trash          T gastownhall/beads#4542
//	  page_size above 100                          D reference/request-limits
//	  unknown cursor, or one of another query      T PostHog/posthog#90205
//	  a cursor that expires                        T 2anki/2anki.net#3498             DeadCursor, Options.CursorLife
//	  HTML 502, HTML 403 of the edge               T hk21702/YA-GCal-Notion-Sync-Script#27  HTML
//	  60 s of silence, then 503                    D reference/query-a-data-source    Stall, Hang
//	  an answer that breaks off                    I                                  Cut
//	  gzip                                         I                                  Options.Gzip
//	limits
//	  180 requests in a fixed window of 60 s       D reference/request-limits         Options.Rate, RateLimited
//	  public_api_request_blocked                   D reference/request-limits         Blocked
//	  529, 503 with and without Retry-After        D reference/status-codes           Overloaded, Unavailable, UnavailableFor
//	  503 unless few rows are asked for            T airbytehq/airbyte#32004          UnavailableAbove
//	lists
//	  short and empty answers with more to come    D reference/query-a-data-source    ShortPage, EmptyPage
//	  10,000 rows of a query, then incomplete      D guides/data-apis/query-large-data-sources  Options.Cap
//	  incomplete before the last answer            D guides/data-apis/query-large-data-sources  IncompleteEarly
//	  a row on two answers                         I                                  RepeatRow
//	  a row edited while the answer is made        I                                  EditedMeanwhile
//	  a cursor again, or none with more to come    T pipeshub-ai#2991                 RepeatCursor, LoseCursor
//	  any order where none is asked for            D reference/query-a-data-source
//	  filters of texts, a level of and, 100 each   D reference/filter-data-source-entries
//	  edits that queries do not know of yet        T harryzcy/nodop#27                Options.Lag
//	rows
//	  rows that are stubs, data sources among them D reference/query-a-data-source    PartialPages, DataSourceAmongRows
//	  25 of a relation with has_more, then all     D reference/retrieve-a-page-property
//	  25 people without a sign of more             D reference/retrieve-a-page
//	  signed addresses, new at every reading       T mosugi/notro#139
//	  unknown types, values of any shape           T jomei/notionapi#144              Raw
//	  times to the minute, in the future           D changelog, T dust-tt/dust#501    Page.Edited
//	  times with an offset                         O notion-sdk-py's recordings       OffsetTimes
//	  templates, which are no rows                 O                                  Page.Template
//	change
//	  archived apart from the others               D reference/query-a-data-source    Page.Archived
//	  trash, restore                               D reference/trash-page             Page.Trashed
//	  moved, purged                                O                                  Move, Remove
//	  no longer shared, as if it were not there    D reference/status-codes           Hide, Show, Missing, Restricted
//	schema
//	  renamed, with the same id                    D reference/page-property-values   Rename
//	  options renamed and deleted without an edit  T framer/plugins#620               RenameOption, DeleteOption
//	  another type with the same id                O                                  Retype
//	  gone with a database that is not shared      D reference/retrieve-a-database    Conceal
//	  a second data source, a linked view, trash   D upgrade-guide-2025-09-03         AddSource, AddLinkedView, Trash
//	webhooks
//	  handshake, signature, events                 D reference/webhooks               Handshake, Sign, Event
package fakenotion
