using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Bench.MockAgent;

/// <summary>
/// An agent without a model that speaks pi's RPC on its standard streams: reads a prompt, notes when, keeps a session
/// file, answers. It stands where pi stands, behind every gateway that is measured.
/// </summary>
internal sealed class MockAgentProgram : IDisposable
{
    /// <summary>The first argument that makes the bench executable this program.</summary>
    public const string Verb = "mock-agent";

    private const string Version = "1.5.2";

    private readonly Transcript _transcript;
    private readonly PromptLog? _log;
    private readonly AgentWire _wire;
    private readonly MockTurns _turns;

    private MockAgentProgram(MockAgentOptions options, Stream output)
    {
        _transcript = new Transcript(options.SessionFile, TimeProvider.System);
        _log = options.LogFolder is { } folder ? new PromptLog(folder) : null;
        _wire = new AgentWire(output, TimeProvider.System);
        _turns = new MockTurns(_wire, _transcript, options, TimeProvider.System);
    }

    public static int Run(IReadOnlyList<string> args)
    {
        var options = MockAgentOptions.Parse(args);
        if (options.ShowVersion)
        {
            Console.Out.WriteLine(Version);
            return 0;
        }
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var agent = new MockAgentProgram(options, output);
        new LineReader(input).ReadAll(agent.Take);
        agent._turns.Abort();
        return 0;
    }

    public void Dispose()
    {
        _turns.Dispose();
        _log?.Dispose();
        _transcript.Dispose();
    }

    private void Take(ReadOnlyMemory<byte> line)
    {
        var readAt = Stopwatch.GetTimestamp();
        JsonNode? record;
        try
        {
            record = JsonNode.Parse(line.Span);
        }
        catch (JsonException e)
        {
            _wire.Send(AgentWire.Refusal(null, "parse", $"Failed to parse command: {e.Message}"));
            return;
        }
        var id = record?["id"];
        if ((string?)record?["type"] is "prompt" && (string?)record["message"] is { } text)
            TakePrompt(id, text, readAt, line.Length);
        else
            Answer(id, (string?)record?["type"]);
    }

    private void TakePrompt(JsonNode? id, string text, long readAt, int bytes)
    {
        if (_turns.TryStart(id, text))
            _log?.Write(readAt, text, bytes);
        else
            _wire.Send(AgentWire.Refusal(id, "prompt", "Agent is already processing."));
    }

    private void Answer(JsonNode? id, string? command)
    {
        switch (command)
        {
            case "get_state":
                _wire.Send(AgentWire.Response(id, command, State()));
                break;
            case "abort":
                _turns.Abort();
                _wire.Send(AgentWire.Response(id, command));
                break;
            case "get_entries":
                _wire.Send(AgentWire.Response(id, command, Entries()));
                break;
            case "clear_queue" or "abort_retry" or "set_session_name" or "set_auto_retry" or "set_auto_compaction":
                _wire.Send(AgentWire.Response(id, command));
                break;
            default:
                _wire.Send(AgentWire.Refusal(id, command, $"Unknown command: {command ?? "undefined"}"));
                break;
        }
    }

    private JsonObject State() =>
        new()
        {
            ["model"] = new JsonObject
            {
                ["id"] = "mock-1",
                ["name"] = "mock-1",
                ["provider"] = "mock",
                ["api"] = "mock",
                ["contextWindow"] = 200_000,
            },
            ["thinkingLevel"] = "off",
            ["isStreaming"] = _turns.IsStreaming,
            ["isCompacting"] = false,
            ["sessionFile"] = _transcript.Path,
            ["sessionId"] = _transcript.SessionId,
            ["autoCompactionEnabled"] = false,
            ["messageCount"] = _transcript.Messages,
            ["pendingMessageCount"] = 0,
        };

    private JsonObject Entries()
    {
        var entries =
            _transcript.Path is { } path && File.Exists(path)
                ? Transcript.Entries(path).Where(e => (string?)e["type"] != "session").ToList()
                : [];
        return new JsonObject
        {
            ["leafId"] = entries.LastOrDefault()?["id"]?.DeepClone(),
            ["entries"] = new JsonArray([.. entries]),
        };
    }
}
