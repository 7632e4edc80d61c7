using System.Text;

namespace Bellhop.Agents.Acp;

/// <summary>
/// The reply as it grows: what the agent says after its last tool call. What it said before was a remark on its way.
/// </summary>
internal sealed class AcpReply
{
    // A reply is read by a person; an agent that says more than this does something else.
    private const int Limit = 4 * 1024 * 1024;

    private readonly StringBuilder _text = new();

    /// <summary>It said more than a reply can be.</summary>
    public bool IsTooLong { get; private set; }

    public string Text => _text.ToString().Trim();

    public void Add(string text)
    {
        IsTooLong |= _text.Length + text.Length > Limit;
        if (!IsTooLong)
            _text.Append(text);
    }

    /// <summary>What was said so far was not the reply.</summary>
    public void StartAnew() => _text.Clear();
}
