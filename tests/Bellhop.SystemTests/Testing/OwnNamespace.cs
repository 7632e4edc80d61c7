using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A Linux namespace of the test's own: what is done to the network or to mounts in it, this machine does not notice. It
/// ends with the process that holds it.
/// </summary>
internal sealed class OwnNamespace : IDisposable
{
    private const string Ready = "ready";

    private readonly Process _holder;
    private readonly string _option;

    private OwnNamespace(Process holder, string option) => (_holder, _option) = (holder, option);

    /// <summary>The process that keeps it; other namespaces reach it by its id.</summary>
    public int Holder => _holder.Id;

    /// <summary>What goes before a program's line to run it there, as the same process.</summary>
    public string[] Launcher =>
        [
            Repository.Tool("nsenter"),
            $"--{_option}=/proc/{_holder.Id}/ns/{(_option == "mount" ? "mnt" : _option)}",
            .. Environment.IsPrivilegedProcess
                ? Array.Empty<string>()
                : [$"--user=/proc/{_holder.Id}/ns/user", "--preserve-credentials"],
            "--",
        ];

    /// <summary>Makes one: <paramref name="option"/> is <c>net</c> or <c>mount</c>; the shell line prepares it.</summary>
    /// <exception cref="MissingPartException">This machine does not allow it.</exception>
    public static async Task<OwnNamespace> StartAsync(string option, string prepare)
    {
        string[] asOurselves = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        // The shell waits for a line that never comes: it ends with this process, which holds the other end.
        string[] arguments =
        [
            .. asOurselves,
            $"--{option}",
            "/bin/sh",
            "-c",
            $"{prepare} && echo {Ready} && read -r line",
        ];
        var holder = Process.Start(Processes.Describe(Repository.Tool("unshare"), arguments))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        if (await holder.StandardOutput.ReadLineAsync(limit.Token) == Ready)
            return new OwnNamespace(holder, option);
        var why = await holder.StandardError.ReadToEndAsync(limit.Token);
        holder.Dispose();
        throw new MissingPartException(
            $"This test needs a namespace, and 'unshare --{option}' did not make one: {why.Trim()} "
                + "Run it as root (in a container with --cap-add SYS_ADMIN), or allow user namespaces."
        );
    }

    /// <summary>Runs a shell line in it.</summary>
    public async Task RunAsync(string line)
    {
        string[] command = [.. Launcher, "/bin/sh", "-c", line];
        var result = await Cli.RunAsync(command[0], command[1..], new Dictionary<string, string?>());
        result.ExitCode.ShouldBe(0, result.All);
    }

    public void Dispose()
    {
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
    }
}
