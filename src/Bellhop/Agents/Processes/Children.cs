using System.IO.Pipes;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Processes;

/// <summary>Starts children, and never one before those of an earlier run are dead.</summary>
internal sealed class Children(ChildLedger ledger, FamilyKiller killer, TimeProvider time, ILogger logger)
{
    /// <summary>Kills what an earlier run left; does nothing the second time.</summary>
    public Task ReapAsync(CancellationToken cancel) => ledger.ReapAsync(cancel);

    /// <summary>Starts one.</summary>
    /// <exception cref="SpawnException">Not found, not executable, no such folder, not listed; the message says which.</exception>
    public async Task<ChildProcess> StartAsync(ChildStart start, CancellationToken cancel)
    {
        await ledger.ReapAsync(cancel);
        var family = new ProcessFamily(null, null, Guid.NewGuid().ToString("N"));
        var environment = ChildEnvironment.For(family.Mark, start.Environment, start.Secrets);
        var executable = Locate(start, environment);
        ledger.Add(family);
        try
        {
            // A fork takes milliseconds, which whoever asked may not have.
            var child = await Task.Run(() => Start(start, executable, environment), CancellationToken.None);
            await GuardAsync(child, family);
            return child;
        }
        catch
        {
            ledger.Remove(family);
            throw;
        }
    }

    /// <summary>What cannot be written down is ended at once: after a crash nobody would find all of it.</summary>
    private async Task GuardAsync(ChildProcess child, ProcessFamily family)
    {
        try
        {
            child.Guard(family with { Pid = child.Pid, Start = killer.Table.Find(child.Pid)?.Start }, ledger, killer);
        }
        catch (SpawnException)
        {
            await child.DisposeAsync();
            throw;
        }
    }

    private ChildProcess Start(ChildStart start, string executable, Dictionary<string, string> environment)
    {
        var input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var errors = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        try
        {
            var pid = Spawn.InNewSession(
                executable,
                start.Command.Skip(1),
                environment,
                start.Folder,
                input.ClientSafePipeHandle,
                output.ClientSafePipeHandle,
                errors.ClientSafePipeHandle
            );
            return new ChildProcess(pid, input, output, errors, new ErrorLog(start.ErrorLog, logger), time)
            {
                Executable = executable,
            };
        }
        catch
        {
            input.Dispose();
            output.Dispose();
            errors.Dispose();
            throw;
        }
        finally
        {
            input.DisposeLocalCopyOfClientHandle();
            output.DisposeLocalCopyOfClientHandle();
            errors.DisposeLocalCopyOfClientHandle();
        }
    }

    private static string Locate(ChildStart start, Dictionary<string, string> environment)
    {
        if (!Directory.Exists(start.Folder))
            throw new SpawnException($"The agent's folder '{start.Folder}' does not exist; set agent.cwd.");
        return Processes.Executable.Find(start.Command[0], environment.GetValueOrDefault("PATH"))
            ?? throw new SpawnException($"'{start.Command[0]}' was not found on PATH, or is not executable.");
    }
}
