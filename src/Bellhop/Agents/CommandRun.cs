using System.Text;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents;

/// <summary>One run of a command: the prompt goes in, text comes out, the exit says how it was.</summary>
internal sealed class CommandRun(ChildProcess child)
{
    // An answer is read by a person; a program that writes more than this does something else.
    private const int AnswerLimit = 4 * 1024 * 1024;
    private const int ReadSize = 16 * 1024;

    private readonly StringBuilder _answer = new();
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private readonly byte[] _bytes = new byte[ReadSize];
    private AgentFailure? _failure;

    /// <summary>Writes the prompt and closes the input; ends early when the program does not want it all.</summary>
    public async Task GiveAsync(string text)
    {
        try
        {
            await child.Input.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
        }
        catch (IOException)
        {
            return; // it answers without having read everything, which is its right; its exit code decides
        }
        finally
        {
            child.CloseInput();
        }
    }

    /// <summary>More of its output; null at the end. Stopping ends the program, and with it the output.</summary>
    public async Task<string?> ReadAsync(CancellationToken stop)
    {
        try
        {
            var count = await child.Output.ReadAsync(_bytes, stop);
            if (count == 0)
                return null;
            var text = Decode(_bytes.AsSpan(0, count));
            _answer.Append(text);
            if (_answer.Length <= AnswerLimit)
                return text;
            _failure = new AgentFailure(
                AgentFailureCause.Turn,
                $"The command wrote more than {AnswerLimit} characters."
            );
            await child.KillAsync();
        }
        catch (OperationCanceledException)
        {
            _failure = new AgentFailure(AgentFailureCause.Stopped, "The turn was stopped.");
            await child.TerminateAsync(CancellationToken.None);
        }
        return null;
    }

    /// <summary>How it ended.</summary>
    public async Task<TurnSignal.Ended> EndAsync(CancellationToken stop)
    {
        try
        {
            await child.Gone.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            _failure = new AgentFailure(AgentFailureCause.Stopped, "The turn was stopped.");
            await child.TerminateAsync(CancellationToken.None);
        }
        var answer = _answer.ToString().TrimEnd();
        var failure = _failure ?? FailureOf(await child.Exited, answer);
        return failure is null ? TurnSignal.Ended.Answered(answer) : new TurnSignal.Ended(null, failure);
    }

    private AgentFailure? FailureOf(ChildExit exit, string answer) =>
        exit switch
        {
            { Signal: not null } => new AgentFailure(AgentFailureCause.Died, Say($"The command ended by {exit}")),
            { Code: 0 } when answer.Length > 0 => null,
            { Code: 0 } => new AgentFailure(AgentFailureCause.Turn, Say("empty reply")),
            _ => new AgentFailure(AgentFailureCause.Turn, Say($"The command ended with {exit}")),
        };

    private string Say(string what) => child.LastErrors is { Length: > 0 } errors ? $"{what}:\n{errors}" : what + ".";

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        var chars = new char[_decoder.GetCharCount(bytes, flush: false)];
        _decoder.GetChars(bytes, chars, flush: false);
        return new string(chars);
    }
}
