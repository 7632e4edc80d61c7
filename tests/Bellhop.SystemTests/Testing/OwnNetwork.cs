using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A Linux network namespace of the test's own with nothing but a loopback, so that every port of 127.0.0.1 is free
/// whatever this machine runs. It ends with the process that holds it.
/// </summary>
internal sealed class OwnNetwork : IDisposable
{
    private const string Ready = "ready";

    private readonly Process _holder;

    private OwnNetwork(Process holder) => _holder = holder;

    /// <summary>The process that keeps it; other networks reach it by its id.</summary>
    public int Holder => _holder.Id;

    /// <summary>What goes before a program's line to run it there, as the same process.</summary>
    public string[] Launcher =>
        [
            Repository.Tool("nsenter"),
            $"--net=/proc/{_holder.Id}/ns/net",
            .. Environment.IsPrivilegedProcess
                ? Array.Empty<string>()
                : [$"--user=/proc/{_holder.Id}/ns/user", "--preserve-credentials"],
            "--",
        ];

    /// <exception cref="MissingPartException">This machine does not allow it.</exception>
    public static async Task<OwnNetwork> StartAsync()
    {
        string[] asOurselves = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        // The shell waits for a line that never comes: it ends with this process, which holds the other end.
        string[] arguments =
        [
            .. asOurselves,
            "--net",
            "/bin/sh",
            "-c",
            $"{Repository.Tool("ip")} link set lo up && echo {Ready} && read -r line",
        ];
        var holder = Process.Start(Processes.Describe(Repository.Tool("unshare"), arguments))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        if (await holder.StandardOutput.ReadLineAsync(limit.Token) == Ready)
            return new OwnNetwork(holder);
        var why = await holder.StandardError.ReadToEndAsync(limit.Token);
        holder.Dispose();
        throw new MissingPartException(
            $"This test needs a network namespace, and 'unshare --net' did not make one: {why.Trim()} "
                + "Run it as root (in a container with --cap-add SYS_ADMIN), or allow user namespaces."
        );
    }

    public void Dispose()
    {
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
    }
}
