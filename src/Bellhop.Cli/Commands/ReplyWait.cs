using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary>Waits until an event's deliveries are settled, then prints the answer.</summary>
internal sealed class ReplyWait(CommandContext context, GatewayClient client)
{
    /// <summary>The answer on standard output and 0; otherwise 4 and on standard error whether time ran out or it died.</summary>
    public async Task<int> RunAsync(string key, TimeSpan longest, bool json, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(longest);
        Answer? answer = null;
        try
        {
            do
            {
                answer = await client.GetAsync($"{Paths.Event(key)}?wait=20s", enough.Token);
            } while (!answer.Read(BellhopJson.Default.ReceiptDto).Settled);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return await TooLateAsync(key, longest, answer, json);
        }
        if (json)
            await context.Out.WriteLineAsync(answer.Text);
        return await ReportAsync(key, answer.Read(BellhopJson.Default.ReceiptDto), json);
    }

    private async Task<int> TooLateAsync(string key, TimeSpan longest, Answer? last, bool json)
    {
        if (json && last is not null)
            await context.Out.WriteLineAsync(last.Text);
        await context.Error.WriteLineAsync(
            $"No answer within {Setup.Durations.Write(longest)}. It goes on without you: bellhop trace {key}"
        );
        return ExitCode.NotAccepted;
    }

    private async Task<int> ReportAsync(string key, ReceiptDto receipt, bool json)
    {
        foreach (var reply in json ? [] : receipt.Deliveries.SelectMany(d => d.Replies))
        {
            foreach (var line in Printable.Lines(reply.Text))
                await context.Out.WriteLineAsync(line);
        }
        // A replay makes an older dead delivery good; what counts is the last one of each session.
        var unanswered = receipt
            .Deliveries.GroupBy(d => d.Session)
            .Select(d => d.Last())
            .Where(d => d.State != "completed")
            .ToList();
        foreach (var delivery in unanswered)
        {
            await context.Error.WriteLineAsync(
                $"{Printable.Line(delivery.Session)}: {delivery.State}, {Printable.Sentence(delivery.Reason ?? "no reason given")}. See: bellhop trace {key}"
            );
        }
        return unanswered.Count == 0 ? ExitCode.Done : ExitCode.NotAccepted;
    }
}
