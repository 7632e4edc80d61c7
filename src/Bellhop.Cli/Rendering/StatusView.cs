using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>The state for a person woken at night: what is wrong and its mend, then what waits, then who works.</summary>
internal sealed class StatusView(Paint paint, DateTimeOffset now, int? width = null)
{
    /// <summary>Where values stand, and what is folded goes on: the width of the widest name and a gap.</summary>
    private const int Values = 16;
    private const int SessionValues = 11;
    private const int Notes = 6;

    /// <summary>Writes it.</summary>
    public void Write(TextWriter writer, GatewayStatus status)
    {
        var phase = status.Phase == "ready" ? paint.Good(status.Phase) : paint.Warn(status.Phase);
        Line(
            $"{paint.Strong("Bellhop")} {status.Version} is {phase}, up {RelativeTime.Span(now - status.StartedAt)} (pid {status.Pid})",
            0
        );
        foreach (var alarm in status.Alarms)
            WriteAlarm(writer, alarm);
        foreach (var notice in status.Notices)
            Line($"{paint.Warn("note")}  {Printable.Line(notice)}", Notes);
        writer.WriteLine();
        Line($"HTTP API        {Printable.Line(status.Http)}", Values);
        Line(BusView.Line(status.Bus, paint), Values);
        Line($"unfinished      {status.Unfinished:N0}", Values);
        Line(
            $"dead letters    {(status.Dead == 0 ? "none" : $"{paint.Bad(status.Dead.ToString("N0"))}   see 'bellhop dead list'")}",
            Values
        );
        foreach (var session in status.Sessions)
            WriteSession(writer, session);

        void Line(string text, int indent) => Paragraph.Write(writer, text, indent, width);
    }

    /// <summary>A message may have several lines, such as the faults of a configuration.</summary>
    private void WriteAlarm(TextWriter writer, Alarm alarm)
    {
        var begin = $"{paint.Bad("ALARM")} {Printable.Line(alarm.Name)}, {RelativeTime.Ago(alarm.Since, now)}: ";
        foreach (var line in Printable.Lines(alarm.Message))
        {
            Paragraph.Write(writer, begin + line.TrimStart(), Notes, width);
            begin = new string(' ', Notes);
        }
    }

    private void WriteSession(TextWriter writer, SessionStatus session)
    {
        writer.WriteLine();
        Line($"{paint.Strong(Printable.Line(session.Session))}  {SessionRole.Of(session)}", 2);
        Line(
            $"  waiting  {session.Queued:N0}, in turn {session.InTurn:N0}"
                + (session.Accepted > 0 ? $", {session.Accepted:N0} until it is seen" : "")
                + (session.OldestWaitingAt is { } oldest ? $", oldest {RelativeTime.Span(now - oldest)}" : ""),
            SessionValues
        );
        if (session.Lane is null or { Phase: LaneStatus.Away })
            writer.WriteLine($"  held by  {SessionHolderView.Who(session)}{Terminal(session)}");
        if (session.Lane is not { } lane)
            return;
        Line($"  lane     {Lane(lane)}", SessionValues);
        Line($"  agent    {Agent(lane)}", SessionValues);
        if (lane.Problem is { } problem)
            Line($"           {paint.Bad(Printable.Sentence(problem))}", SessionValues);

        void Line(string text, int indent) => Paragraph.Write(writer, text, indent, width);
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

    /// <summary>An agent in a few words: <c>pi 1.5.2, idle, anthropic/claude, pid 12</c>.</summary>
    public static string Agent(LaneStatus lane) =>
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
