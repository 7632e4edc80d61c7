using System.Diagnostics.CodeAnalysis;
using Bellhop.Agents.Processes;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Pi;

/// <summary>The conversation with one pi: answers by their ids, and every dialog cancelled.</summary>
internal sealed class PiConnection(ILineProcess process, TimeProvider time, ILogger logger)
    : LineConnection<PiRecord>("pi", process, time, logger)
{
    /// <summary>Asks something that needs nothing but its name; null when there is no answer in time.</summary>
    public Task<PiRecord?> AskAsync(string command, TimeSpan limit, CancellationToken cancel) =>
        AskAsync(id => PiCommand.Plain(id, command), limit, cancel);

    protected override bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out PiRecord? record) =>
        PiJson.TryRead(line, out record) && record.Type is not null;

    protected override async ValueTask OnRecordAsync(PiRecord record)
    {
        if (record.Type == "response")
            Answer(record.IdText, record);
        else if (PiDialog.WantsAnswer(record))
            await SendAsync(PiCommand.Cancel(record.IdText!), Closing);
    }
}
