using System.Text.Json;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>What became of the events that satellites and central were sent, by their transcripts and Bellhop's receipts.</summary>
/// <param name="Lost">Completed by nobody, or told to nobody.</param>
/// <param name="Twice">Told twice in one transcript.</param>
/// <param name="GivenAgain">A satellite's own, told to it and to central too.</param>
/// <param name="Unsaid">Of these: without a word that it may have begun it.</param>
/// <param name="Adoptions">For each satellite that left something: from its harm until central had all of it.</param>
internal sealed record BesideReport(
    IReadOnlyList<int> Lost,
    IReadOnlyList<int> Twice,
    IReadOnlyList<int> GivenAgain,
    IReadOnlyList<int> Unsaid,
    IReadOnlyList<TimeSpan> Adoptions
)
{
    private const int Page = 1000;

    public static async Task<BesideReport> MakeAsync(BesideBellhop all)
    {
        var receipts = await ReceiptsAsync(all.Gateway.Api);
        var numbers = Enumerable.Range(0, all.Pushed).ToList();
        var central = numbers.ToDictionary(n => n, all.TimesCentralWasTold);
        var told = all.Satellites.ToDictionary(
            s => s,
            s => numbers.ToDictionary(n => n, n => BesideBellhop.TimesTold(s, n))
        );
        var again = all.Satellites.SelectMany(s => s.Own.Where(n => central[n] > 0 && told[s][n] > 0)).ToList();
        return new BesideReport(
            [
                .. numbers.Where(n =>
                    central[n] + told.Values.Sum(t => t[n]) == 0
                    || !receipts[n].SelectMany(r => r.Deliveries).Any(d => d.State == "completed")
                ),
            ],
            [.. numbers.Where(n => central[n] > 1 || told.Values.Any(t => t[n] > 1))],
            again,
            [.. again.Where(n => !receipts[n].Any(r => r.Text.Contains("may have begun it")))],
            [.. all.Satellites.Select(s => AdoptedAfter(s, receipts)).OfType<TimeSpan>()]
        );
    }

    /// <summary>By the event's number. Without an id there is nothing else to ask for it by than the list of all.</summary>
    private static async Task<ILookup<int, EventReceipt>> ReceiptsAsync(GatewayApi api)
    {
        var rows = (await api.GetAsync($"/v1/events?limit={Page}")).Json.GetProperty("events").EnumerateArray();
        var receipts = new List<(int Number, EventReceipt Receipt)>();
        foreach (var row in rows.DistinctBy(r => r.GetProperty("key").GetString()))
        {
            var number = int.Parse(row.GetProperty("type").GetString()!["t.".Length..]);
            receipts.Add((number, (await api.FindAsync(row.GetProperty("key").GetString()!))!));
        }
        return receipts.ToLookup(r => r.Number, r => r.Receipt);
    }

    private static TimeSpan? AdoptedAfter(Satellite satellite, ILookup<int, EventReceipt> receipts)
    {
        var adoptions = satellite.Own.SelectMany(n => receipts[n]).SelectMany(AdoptionsIn).ToList();
        return adoptions is [] ? null : adoptions.Max() - satellite.HarmedAt;
    }

    /// <summary>When central was given it, as its history says.</summary>
    private static IEnumerable<DateTimeOffset> AdoptionsIn(EventReceipt receipt) =>
        JsonDocument
            .Parse(receipt.Text)
            .RootElement.GetProperty("deliveries")
            .EnumerateArray()
            .Where(d => d.GetProperty("session").GetString() == "gateway")
            .SelectMany(d => d.GetProperty("history").EnumerateArray())
            .Where(h => h.TryGetProperty("note", out var note) && note.GetString()?.StartsWith("adopted") == true)
            .Select(h => h.GetProperty("at").GetDateTimeOffset());
}
