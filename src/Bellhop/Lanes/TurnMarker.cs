using Bellhop.Events;

namespace Bellhop.Lanes;

/// <summary>The words by which a turn's prompt is found again in an agent's transcript.</summary>
public static class TurnMarker
{
    /// <summary>Unique to one prompt, plain ASCII so that no encoding of a transcript changes it.</summary>
    public static string For(Ulid turn) => $"bellhop-turn:{turn}";
}
