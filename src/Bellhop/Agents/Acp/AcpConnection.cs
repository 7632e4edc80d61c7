using System.Diagnostics.CodeAnalysis;
using Bellhop.Agents.Processes;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Acp;

/// <summary>The conversation with one agent in JSON-RPC 2.0: every request of its own is answered at once.</summary>
internal sealed class AcpConnection(
    string name,
    ILineProcess process,
    AgentPermissions permissions,
    TimeProvider time,
    ILogger logger
) : LineConnection<AcpMessage>(name, process, time, logger)
{
    private volatile bool _stopping;

    /// <summary>Set while a turn is being stopped: whatever the agent still asks leave for is none of it.</summary>
    public bool IsStopping
    {
        get => _stopping;
        set => _stopping = value;
    }

    protected override bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out AcpMessage? record) =>
        AcpMessage.TryRead(line, out record);

    protected override async ValueTask OnRecordAsync(AcpMessage record)
    {
        if (!record.IsRequest)
            Answer(record.Answers, record);
        else if (record.Method == AcpPermission.Method)
        {
            var option = IsStopping ? null : AcpPermission.Choose(record.Params, permissions);
            await SendAsync(AcpRequest.Permission(record.Id, option), Closing);
        }
        else
            await SendAsync(AcpRequest.NotServed(record.Id, record.Method!), Closing);
    }
}
