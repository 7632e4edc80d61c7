using System.Text.Json.Nodes;
using Bellhop.Bench.Load;
using Bellhop.Bench.MockAgent;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Loss;

/// <summary>What an agent's session file says of the events that were sent.</summary>
/// <param name="Lost">Answered, and not there.</param>
/// <param name="Twice">There more than once.</param>
/// <param name="OutOfOrder">First there after a later one of the same producer.</param>
/// <param name="Prompts">User messages that name any.</param>
internal sealed record SessionCount(int Lost, int Twice, int OutOfOrder, int Prompts)
{
    public static SessionCount Of(IGateway gateway, IReadOnlyList<SentEvent> sent)
    {
        var prompts = UserMessages(gateway.Transcript)
            .Select(text => PromptLog.EventsIn(text).Distinct().ToList())
            .Where(events => events.Count > 0)
            .ToList();
        var producerOf = sent.ToDictionary(s => s.Number, s => s.Producer);
        var seen = new Dictionary<int, int>();
        var newest = new Dictionary<int, int>();
        var outOfOrder = 0;
        foreach (var number in prompts.SelectMany(p => p))
        {
            if (!seen.TryAdd(number, 1))
            {
                seen[number]++;
                continue;
            }
            var producer = producerOf[number];
            if (newest.GetValueOrDefault(producer) > number)
                outOfOrder++;
            newest[producer] = Math.Max(number, newest.GetValueOrDefault(producer));
        }
        return new SessionCount(
            sent.Count(s => !seen.ContainsKey(s.Number)),
            seen.Values.Count(times => times > 1),
            outOfOrder,
            prompts.Count
        );
    }

    private static IEnumerable<string> UserMessages(string transcript) =>
        !File.Exists(transcript)
            ? []
            : Transcript
                .Entries(transcript)
                .Select(entry => entry["message"])
                .Where(message => (string?)message?["role"] == "user")
                .Select(message =>
                    string.Concat(((JsonArray)message!["content"]!).Select(part => (string?)part!["text"]))
                );
}
