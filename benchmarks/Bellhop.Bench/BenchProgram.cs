using System.Diagnostics;
using System.Runtime.InteropServices;
using Bellhop.Bench.Backlog;
using Bellhop.Bench.Idle;
using Bellhop.Bench.Ingest;
using Bellhop.Bench.Latency;
using Bellhop.Bench.Loss;
using Bellhop.Bench.RedisStore;
using Bellhop.Bench.Report;
using Bellhop.Bench.Start;
using Bellhop.Bench.Subjects;
using Spectre.Console;

namespace Bellhop.Bench;

/// <summary>Runs the benches that were named, or all, and keeps what they found.</summary>
internal static class BenchProgram
{
    private static readonly IReadOnlyList<IBench> All =
    [
        new LatencyBench(),
        new LossBench(),
        new IngestBench(),
        new StartBench(),
        new IdleBench(),
        new BacklogBench(),
        new RedisStoreBench(),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var console = Terminal.Open();
        var names = args.Where(a => !a.StartsWith('-')).ToList();
        if (args.Contains("--help") || names.Exists(n => All.All(b => b.Name != n)))
        {
            console.WriteLine($"bench [{string.Join("|", All.Select(b => b.Name))} ...] [--quick]");
            return args.Contains("--help") ? 0 : 2;
        }
        using var interrupt = new CancellationTokenSource();
        // What was started must be ended too.
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupt.Cancel();
        }

        try
        {
            using var scratch = new Scratch();
            var parts = new Parts(RepositoryRoot.Find());
            var context = new BenchContext(args.Contains("--quick"), parts, scratch, console, TimeProvider.System);
            foreach (var bench in All.Where(b => names.Count == 0 || names.Contains(b.Name)))
                await RunAsync(bench, context, interrupt.Token);
            return 0;
        }
        catch (BenchException e)
        {
            console.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 1;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task RunAsync(IBench bench, BenchContext context, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        var before = Machine.LoadAverage();
        var findings = await bench.RunAsync(context, cancel);
        var result = new BenchResult
        {
            Name = bench.Name,
            Title = bench.Title,
            Method = bench.Method,
            Quick = context.Quick,
            At = context.Time.GetUtcNow(),
            Machine = Machine.Describe(context.Parts, context.Scratch.Folder),
            LoadAverage = [before, Machine.LoadAverage()],
            Measures = findings.Measures,
            Notes = findings.Notes,
            Charts = findings.Charts,
        };
        TerminalTable.Print(result, context.Console);
        context.Say($"{bench.Name} took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        var files = new ResultFiles(Path.Combine(context.Parts.Root, "benchmarks", "results"));
        files.Keep(result);
        files.WritePage([.. All.Select(b => b.Name)]);
    }
}
