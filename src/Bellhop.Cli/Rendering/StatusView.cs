using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>The state for a person woken at night: what is wrong and its mend, then what waits, then who works.</summary>
internal sealed class StatusView(Paint paint, DateTimeOffset now)
{
    /// <summary>Writes it.</summary>
    public void Write(TextWriter writer, GatewayStatus status)
    {
        var phase = status.Phase == "ready" ? paint.Good(status.Phase) : paint.Warn(status.Phase);
        writer.WriteLine(
            $"{paint.Strong("Bellhop")} {status.Version} is {phase}, up {RelativeTime.Span(now - status.StartedAt)} (pid {status.Pid})"
        );
        foreach (var alarm in status.Alarms)
        {
            writer.WriteLine(
                $"{paint.Bad("ALARM")} {Printable.Line(alarm.Name)}, {RelativeTime.Ago(alarm.Since, now)}: {Printable.Sentence(alarm.Message)}"
            );
        }
        foreach (var notice in status.Notices)
            writer.WriteLine($"{paint.Warn("note")}  {Printable.Line(notice)}");
        writer.WriteLine();
        writer.WriteLine($"HTTP API        {Printable.Line(status.Http)}");
        writer.WriteLine(
            $"redis protocol  {Printable.Line(status.Bus.Resp ?? "not spoken")}, keys {Printable.Line(status.Bus.Prefix)}:…"
        );
        writer.WriteLine($"unfinished      {status.Unfinished:N0}");
        writer.WriteLine(
            $"dead letters    {(status.Dead == 0 ? "none" : $"{paint.Bad(status.Dead.ToString("N0"))}   see 'bellhop dead list'")}"
        );
        foreach (var session in status.Sessions)
            WriteSession(writer, session);
    }

    private void WriteSession(TextWriter writer, SessionStatus session)
    {
        writer.WriteLine();
        writer.WriteLine($"{paint.Strong(Printable.Line(session.Session))}  {SessionRole.Of(session)}");
        writer.WriteLine(
            $"  waiting  {session.Queued:N0}, in turn {session.InTurn:N0}"
                + (session.Accepted > 0 ? $", {session.Accepted:N0} until it is seen" : "")
                + (session.OldestWaitingAt is { } oldest ? $", oldest {RelativeTime.Span(now - oldest)}" : "")
        );
        if (session.Lane is null or { Phase: LaneStatus.Away })
            writer.WriteLine($"  held by  {SessionHolderView.Who(session)}{Terminal(session)}");
        if (session.Lane is not { } lane)
            return;
        writer.WriteLine($"  lane     {Lane(lane)}");
        writer.WriteLine($"  agent    {Agent(lane)}");
        if (lane.Problem is { } problem)
            writer.WriteLine($"           {paint.Bad(Printable.Sentence(problem))}");
    }

    private string Terminal(SessionStatus session) =>
        session.Holder is not { } holder
            ? ""
            : string.Concat(
                ((string?[])[holder.State, holder.Model, holder.Cwd])
                    .Where(part => part is not null)
                    .Append(holder.RenewedAt is null ? null : $"lease {SessionHolderView.Lease(session, now)}")
                    .Where(part => part is not null)
                    .Select(part => $", {Printable.Line(part)}")
            );

    private string Lane(LaneStatus lane)
    {
        var phase = lane.Phase switch
        {
            "idle" or "busy" => paint.Good(lane.Phase),
            "paused" => paint.Bad(lane.Phase),
            _ => paint.Warn(lane.Phase),
        };
        return $"{phase} since {RelativeTime.Span(now - lane.Since)}"
            + (lane.Turn is { } turn ? $", turn {Printable.Line(turn)}" : "")
            + (lane.Reason is { } reason ? $": {Printable.Sentence(reason)}" : "")
            + (lane.RetryAt is { } retry ? $", tries again {RelativeTime.Until(retry, now)}" : "");
    }

    private static string Agent(LaneStatus lane) =>
        string.Join(
            ", ",
            (
                (string?[])
                    [
                        $"{lane.Agent} {lane.AgentVersion}".TrimEnd(),
                        lane.AgentPhase,
                        lane.Model,
                        lane.AgentPid is { } pid ? $"pid {pid}" : null,
                    ]
            )
                .Where(part => part is not null)
                .Select(part => Printable.Line(part))
        );
}
