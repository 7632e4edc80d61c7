using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary>Waits until an event's deliveries are settled, then prints the answer.</summary>
internal sealed class ReplyWait(CommandContext context, GatewayClient client)
{
    /// <summary>Timers count no further than 49 days.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(45);

    /// <summary>
    /// The answer on standard output and 0; 1 when it died, 3 when the gateway went away, 4 when time ran out, and
    /// standard error says which.
    /// </summary>
    public async Task<int> RunAsync(string key, TimeSpan longest, bool json, CancellationToken cancel)
    {
        longest = longest < Longest ? longest : Longest;
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
        catch (Exception e) when (e is NotRunningException or NotAnsweringException || IsAtItsEnd(e))
        {
            throw new CommandException(
                $"Accepted, but Bellhop stopped before the answer came. It goes on where it left off: 'bellhop up', then bellhop trace {key}",
                ExitCode.NotRunning
            );
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
        var last = receipt.Deliveries.GroupBy(d => d.Session).Select(d => d.Last()).ToList();
        var unanswered = last.Where(d => d.State != "completed" && !(IsMoved(d) && last.Any(o => !IsMoved(o))))
            .ToList();
        foreach (var delivery in unanswered)
        {
            await context.Error.WriteLineAsync(
                $"{Printable.Line(delivery.Session)}: {delivery.State}, {Printable.Sentence(delivery.Reason ?? "no reason given")}. See: bellhop trace {key}"
            );
        }
        return unanswered.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>It went on to another session, whose delivery says what became of it.</summary>
    private static bool IsMoved(DeliveryDto d) => d is { State: "dropped", Reason: "adopted" or "released" };

    private static bool IsAtItsEnd(Exception e) =>
        e is RefusedException { Status: System.Net.HttpStatusCode.ServiceUnavailable };
}
