using System.Collections.Concurrent;
using Bellhop.Store.Sqlite;

namespace Bellhop.Tests.Store;

public sealed class DoorbellTests
{
    [Fact]
    public void Wait_WorkIsThereAlready_ReturnsAtOnceAndTheNextOneSleepsAgain()
    {
        using var bell = new Doorbell();

        bell.Wait(() => true);

        var sleeper = Sleep(bell, () => false);
        sleeper.Join(TimeSpan.FromMilliseconds(50)).ShouldBeFalse("nobody rang");
        bell.Ring();
        sleeper.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    [Fact]
    public void Ring_NobodySleeps_IsNotKeptForLater()
    {
        using var bell = new Doorbell();
        bell.Ring();
        bell.Ring();

        var sleeper = Sleep(bell, () => false);

        sleeper.Join(TimeSpan.FromMilliseconds(50)).ShouldBeFalse("it looked for itself before it slept");
        bell.Ring();
        sleeper.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task Ring_FromManyThreadsAtEveryMoment_LeavesNoWorkBehindASleeper()
    {
        const int producers = 4;
        const int each = 20_000;
        using var bell = new Doorbell();
        var work = new ConcurrentQueue<int>();
        var taken = 0;
        var worker = new Thread(() =>
        {
            while (taken < producers * each)
            {
                while (work.TryDequeue(out _))
                    taken++;
                if (taken < producers * each)
                    bell.Wait(() => !work.IsEmpty);
            }
        })
        {
            IsBackground = true,
        };
        worker.Start();

        await Task.WhenAll(
            Enumerable
                .Range(0, producers)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < each; i++)
                        {
                            work.Enqueue(i);
                            bell.Ring();
                        }
                    })
                )
        );

        worker.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue($"{work.Count} pieces of work and nobody awake");
        taken.ShouldBe(producers * each);
    }

    private static Thread Sleep(Doorbell bell, Func<bool> hasWork)
    {
        var thread = new Thread(() => bell.Wait(hasWork)) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
