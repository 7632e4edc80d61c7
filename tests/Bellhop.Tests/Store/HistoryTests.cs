using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public sealed class HistoryTests
{
    private static readonly DateTimeOffset At = ManualTime.DefaultStart;

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var history = History.Start(DeliveryState.Accepted, At, null);
        history = History.Append(history, DeliveryState.Queued, At.AddSeconds(1), "a + b: 50 %");
        History
            .Read(history)
            .ShouldBe([
                new HistoryEntry(DeliveryState.Accepted, At, null),
                new HistoryEntry(DeliveryState.Queued, At.AddSeconds(1), "a + b: 50 %"),
            ]);
    }

    [Fact]
    public void Start_QueuedAtOnce_WasAcceptedFirst() =>
        History
            .Read(History.Start(DeliveryState.Queued, At, "n"))
            .ShouldBe([
                new HistoryEntry(DeliveryState.Accepted, At, null),
                new HistoryEntry(DeliveryState.Queued, At, "n"),
            ]);

    [Fact]
    public void Append_NoteOfSeveralLinesOrPages_IsOneShortLine()
    {
        var note = "first\r\nsecond\n" + new string('x', 5_000);
        var read = History.Read(History.Start(DeliveryState.Accepted, At, note)).ShouldHaveSingleItem();
        read.Note.ShouldNotBeNull().Length.ShouldBe(History.MaxNoteLength);
        read.Note.ShouldStartWith("first second x");
    }

    [Fact]
    public void Append_ManyRounds_LeavesOutTheMiddleAndCountsIt()
    {
        const int rounds = 100;
        var history = History.Start(DeliveryState.Queued, At, null);
        for (var i = 1; i <= rounds; i++)
        {
            history = History.Append(history, DeliveryState.Injecting, At.AddSeconds(i), null);
            history = History.Append(history, DeliveryState.Queued, At.AddSeconds(i), $"round {i}");
        }
        var notes = History.Read(history).Where(h => h.Note is not null).Select(h => h.Note!).ToList();
        notes.Count.ShouldBe(History.MaxRounds);
        notes[0].ShouldBe("round 1");
        notes[1].ShouldBe($"round 90 ({rounds - History.MaxRounds} rounds before this one left out)");
        notes[^1].ShouldBe("round 100");
    }
}
