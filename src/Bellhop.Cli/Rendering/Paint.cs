namespace Bellhop.Cli.Rendering;

/// <summary>Colours, where there is a terminal that wants them; otherwise the bare text.</summary>
internal sealed class Paint(bool enabled)
{
    public string Good(string text) => Wrap(text, "32");

    public string Bad(string text) => Wrap(text, "31");

    public string Warn(string text) => Wrap(text, "33");

    public string Strong(string text) => Wrap(text, "1");

    public string Faint(string text) => Wrap(text, "2");

    /// <summary>A delivery's state in its colour.</summary>
    public string State(string state) =>
        state.TrimEnd() switch
        {
            "completed" => Good(state),
            "dead" => Bad(state),
            "dropped" => Faint(state),
            "injecting" or "injected" => Warn(state),
            _ => state,
        };

    private string Wrap(string text, string code) => enabled ? $"\e[{code}m{text}\e[0m" : text;
}
