namespace Bellhop.Redis.Store;

/// <summary>A note is a sentence for a receipt; a stack trace belongs in the log.</summary>
internal static class Note
{
    private const int MaxLength = 500;

    /// <summary>One line of at most 500 characters; empty for none.</summary>
    public static string Clean(string? note)
    {
        if (note is null)
            return "";
        var line = note.ReplaceLineEndings(" ").Trim();
        return line.Length <= MaxLength ? line : $"{line.AsSpan(0, MaxLength - 1)}…";
    }
}
