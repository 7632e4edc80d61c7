namespace Bellhop.Agents.Pi;

/// <summary>
/// What extensions of pi ask a person. Nobody sits there, and a dialog that is not answered holds the turn for ever, so
/// each is cancelled at once.
/// </summary>
internal static class PiDialog
{
    /// <summary>True when pi waits for an answer: for every method that is not known to want none.</summary>
    public static bool WantsAnswer(PiRecord record) =>
        record is { Type: "extension_ui_request", IdText: not null }
        && record.Method is not ("notify" or "setStatus" or "setWidget" or "setTitle" or "set_editor_text");

    /// <summary>What a person may want to know of it; null when nothing.</summary>
    public static TurnSignal.Notice? NoticeOf(PiRecord record) =>
        record.Method switch
        {
            "notify" when Text(record) is { Length: > 0 } text => new TurnSignal.Notice(text),
            "setStatus" when record.StatusText is { Length: > 0 } status => new TurnSignal.Notice(status),
            _ when WantsAnswer(record) => new TurnSignal.Notice(
                $"pi asked \"{record.Title ?? record.Method}\"; nobody is there, so it was cancelled"
            ),
            _ => null,
        };

    private static string? Text(PiRecord record) =>
        record.Message.ValueKind == System.Text.Json.JsonValueKind.String ? record.Message.GetString() : null;
}
