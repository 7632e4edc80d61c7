using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>What we say to pi. Never anything but objects: the line <c>null</c> ends every known pi.</summary>
internal static class PiCommand
{
    /// <summary>A command that needs nothing but its name.</summary>
    public static byte[] Plain(string id, string type) => Write(("id", id), ("type", type));

    /// <summary>
    /// A prompt. Sent while an extension's own run is under way it would be refused; <c>followUp</c> queues it there and
    /// means nothing to an idle pi. A leading slash would be taken for a command of an extension.
    /// </summary>
    public static byte[] Prompt(string id, string text) =>
        Write(
            ("id", id),
            ("type", "prompt"),
            ("message", text.StartsWith('/') ? " " + text : text),
            ("streamingBehavior", "followUp")
        );

    /// <summary>Cancels a dialog.</summary>
    public static byte[] Cancel(string dialog) =>
        JsonLine.Write(json =>
        {
            json.WriteString("type", "extension_ui_response");
            json.WriteString("id", dialog);
            json.WriteBoolean("cancelled", true);
        });

    private static byte[] Write(params (string Name, string Value)[] members) =>
        JsonLine.Write(json =>
        {
            foreach (var (name, value) in members)
                json.WriteString(name, value);
        });
}
