namespace Bellhop.Agents.Acp;

/// <summary>
/// What an agent tells of a conversation while it loads it. A prompt that stands there has arrived. One that does not
/// has not, but only where the replay reaches back to an earlier prompt that is known to have stood there: an agent that
/// has compacted its history, or replays none, proves nothing by its silence.
/// </summary>
/// <param name="sought">The marker in question; null when there is none.</param>
/// <param name="known">The marker of an earlier prompt that was answered in this session; null when there is none.</param>
internal sealed class AcpReplay(string? sought, string? known)
{
    private readonly int _overlap = Math.Max(sought?.Length ?? 0, known?.Length ?? 0);
    private string _tail = "";
    private bool _soughtFound;
    private bool _knownFound;

    /// <summary>
    /// What it says about the prompt. Never an answer: agents replay a reply that was cut short like a complete one (seen
    /// with pi-acp 0.0.34 after a kill), so the turn is to be continued.
    /// </summary>
    public Arrival Arrival =>
        _soughtFound ? new Arrival.Yes(null)
        : _knownFound ? new Arrival.No()
        : new Arrival.Unknown();

    /// <summary>Takes the next update. A marker may lie across two pieces of one message.</summary>
    public void Take(AcpUpdate update)
    {
        if (update.Kind != "user_message_chunk")
        {
            _tail = "";
            return;
        }
        var text = _tail + update.Text;
        _soughtFound |= Holds(text, sought);
        _knownFound |= Holds(text, known);
        _tail = text.Length > _overlap ? text[^_overlap..] : text;
    }

    private static bool Holds(string text, string? marker) =>
        marker is not null && text.Contains(marker, StringComparison.Ordinal);
}
