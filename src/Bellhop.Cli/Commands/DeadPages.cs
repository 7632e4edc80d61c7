using System.Runtime.CompilerServices;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary>All dead letters that nobody has dropped, page by page, newest first.</summary>
internal static class DeadPages
{
    /// <summary>As many as the API gives at once; more are asked for as long as there are more.</summary>
    private const string FirstPage = "/v1/events?state=dead&dismissed=false&limit=1000";

    public static async IAsyncEnumerable<Answer> ReadAsync(
        GatewayClient client,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        long? after = null;
        do
        {
            var page = await client.GetAsync(after is null ? FirstPage : $"{FirstPage}&after={after}", cancel);
            yield return page;
            after = page.Read(BellhopJson.Default.ListingDto).Next;
        } while (after is not null);
    }

    /// <summary>The events they belong to, oldest first: the order they came in.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(GatewayClient client, CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var page in ReadAsync(client, cancel))
            keys.AddRange(page.Read(BellhopJson.Default.ListingDto).Events.Select(row => row.Key));
        keys.Reverse();
        return [.. keys.Distinct()];
    }
}
