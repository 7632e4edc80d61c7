namespace Bellhop.Agents;

/// <summary>One turn as a protocol tells it: takes its records in order and says what they mean. Keeps no clock.</summary>
internal interface ITurn<in TRecord>
{
    /// <summary>The agent has our prompt.</summary>
    bool Delivered { get; }

    /// <summary>How long the next record may take before the prompt counts as lost; without end where none is due.</summary>
    TimeSpan Patience { get; }

    /// <summary>How it ended; null while it goes on.</summary>
    TurnSignal.Ended? Ended { get; }

    /// <summary>Takes the next record; what it means, in order. <see cref="Ended"/> is not among it.</summary>
    IReadOnlyList<TurnSignal> Take(TRecord record);
}
