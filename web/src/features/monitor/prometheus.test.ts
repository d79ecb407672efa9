import { expect, test } from "vitest";
import { byLabel, meanOf, parseCounters } from "./prometheus";

const text = `# HELP council_votes_total Votes that ended.
# TYPE council_votes_total counter
council_votes_total{outcome="majority"} 3
council_votes_total{outcome="no_quorum"} 1
council_votes_total{outcome="single"} 0
council_vote_agreement_sum 2.4
council_vote_agreement_count 3
council_vote_agreement_bucket{le="+Inf"} 3
other_total{name="a \\"quoted\\" one"} 1
`;

test("the counters of a part are read with their labels", () => {
  const votes = parseCounters(text, "council_vote");
  expect(byLabel(votes, "council_votes_total", "outcome")).toEqual([["majority", 3], ["no_quorum", 1]]);
  expect(meanOf(votes, "council_vote_agreement")).toBeCloseTo(0.8);
  expect(meanOf(votes, "council_vote_seconds")).toBeNull();
  expect(parseCounters(text, "other")).toEqual([{ name: "other_total", labels: { name: 'a "quoted" one' }, value: 1 }]);
});
