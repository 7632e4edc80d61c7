using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Bellhop.Agents.Processes;
using Bellhop.Permissions;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Acp;

/// <summary>The conversation with one agent in JSON-RPC 2.0: every request of its own is answered, all but those for a person at once.</summary>
internal sealed class AcpConnection(
    string name,
    ILineProcess process,
    AgentPermissions permissions,
    TimeProvider time,
    ILogger logger
) : LineConnection<AcpMessage>(name, process, time, logger)
{
    private readonly AcpWaiting _waiting = new();
    private volatile bool _stopping;

    /// <summary>Set while a turn is being stopped: whatever the agent still asks leave for is none of it.</summary>
    public bool IsStopping
    {
        get => _stopping;
        set => _stopping = value;
    }

    protected override bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out AcpMessage? record) =>
        AcpMessage.TryRead(line, out record);

    /// <summary>From here on a person is asked, where that is the policy, what this session's turn asks leave for.</summary>
    public void BeginAsking(string session)
    {
        IsStopping = false;
        if (permissions == AgentPermissions.Ask)
            _waiting.Begin(session);
    }

    /// <summary>The turn is over, and so is what it asks leave for.</summary>
    public async Task EndAskingAsync()
    {
        foreach (var id in _waiting.End())
            await ReplyAsync(id, null);
    }

    /// <summary>Answers a request that waits; one that was answered already needs no second answer.</summary>
    public Task AnswerAsync(JsonElement id, PermissionOption? option) =>
        _waiting.TryTake(id) ? ReplyAsync(id, option) : Task.CompletedTask;

    protected override async ValueTask OnRecordAsync(AcpMessage record)
    {
        if (!record.IsRequest)
            Answer(record.Answers, record);
        else if (record.Method != AcpPermission.Method)
            await SendAsync(AcpRequest.NotServed(record.Id, record.Method!), Closing);
        else if (!_waiting.TryAdd(record))
            await SendAsync(AcpRequest.Permission(record.Id, AtOnce(record.Params)?.Id), Closing);
    }

    private PermissionOption? AtOnce(JsonElement request) =>
        IsStopping ? null : AcpPermission.Choose(AcpPermission.Read(request), permissions);

    /// <summary>A process that is gone waits for nothing.</summary>
    private async Task ReplyAsync(JsonElement id, PermissionOption? option)
    {
        if (Closed.IsCompleted)
            return;
        try
        {
            await SendAsync(AcpRequest.Permission(id, option?.Id), CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            return; // it went in this moment
        }
    }
}
