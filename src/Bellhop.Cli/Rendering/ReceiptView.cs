using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Rendering;

/// <summary>A receipt for a person: the event, then for each session what happened, when, and the answer.</summary>
internal sealed class ReceiptView(Paint paint, DateTimeOffset now)
{
    /// <summary>What of a payload is shown without being asked; <c>--json</c> and <c>dead show</c> have all of it.</summary>
    private const int ShownPayload = 400;

    /// <summary>Writes it. <paramref name="bodyFollows"/>: what could not be read is printed right below.</summary>
    public void Write(TextWriter writer, ReceiptDto receipt, bool bodyFollows = false)
    {
        var e = receipt.Event;
        writer.WriteLine(
            $"{paint.Strong(Printable.Line(e.Type))} from {Printable.Line(e.Source)}, {RelativeTime.Ago(e.ArrivedAt, now)}"
        );
        writer.WriteLine($"  id       {Printable.Line(e.Id)}");
        if (e.Key != e.Id)
            writer.WriteLine($"  key      {Printable.Line(e.Key)}");
        writer.WriteLine($"  arrived  {Instant(e.ArrivedAt)}");
        if (e.Ts is { } ts)
            writer.WriteLine($"  happened {Instant(ts)}");
        if (e.Origin is { } origin)
            writer.WriteLine($"  origin   {Printable.Line(origin)}");
        if (e.Payload is { } payload && payload.GetRawText() is not "{}" and { } text)
            writer.WriteLine($"  payload  {Printable.Line(text, ShownPayload)}");
        if (e.Unreadable is { } body)
            writer.WriteLine(
                $"  unreadable, {body.Bytes:N0} bytes"
                    + (bodyFollows ? ", below" : $": 'bellhop dead show {Printable.Line(e.Key)}' prints them")
            );
        foreach (var delivery in receipt.Deliveries)
            WriteDelivery(writer, e, delivery);
        if (receipt.Others > 0)
        {
            writer.WriteLine();
            writer.WriteLine($"and {receipt.Others} older event{(receipt.Others == 1 ? "" : "s")} with this id");
        }
    }

    private void WriteDelivery(TextWriter writer, EventDto e, DeliveryDto delivery)
    {
        writer.WriteLine();
        writer.WriteLine(
            $"→ {paint.Strong(Printable.Line(delivery.Session))}: {paint.State(delivery.State)}"
                + (delivery.Reason is { } reason ? $", {Printable.Sentence(reason)}" : "")
                + (
                    delivery.Attempts > 0
                        ? $", {delivery.Attempts} failed attempt{(delivery.Attempts == 1 ? "" : "s")}"
                        : ""
                )
                + (delivery.ReplayOf is null ? "" : ", a replay")
        );
        foreach (var step in delivery.History)
        {
            var note = step.Note is null ? "" : $"  {Printable.Sentence(step.Note)}";
            writer.WriteLine(
                $"  {paint.Faint(RelativeTime.Offset(step.At - e.ArrivedAt).PadLeft(9))}  {paint.State(step.State.PadRight(9))}{note}".TrimEnd()
            );
        }
        if (delivery.DueAt is { } due && due > now)
            writer.WriteLine($"             tries again {RelativeTime.Until(due, now)}");
        foreach (var reply in delivery.Replies)
            WriteReply(writer, reply);
    }

    private void WriteReply(TextWriter writer, ReplyDto reply)
    {
        writer.WriteLine(
            $"  {paint.Faint(reply.Address is null ? "reply:" : $"reply to {Printable.Line(reply.Address)} ({reply.State}):")}"
        );
        foreach (var line in Printable.Lines(reply.Text))
            writer.WriteLine($"    {line}".TrimEnd());
    }

    private static string Instant(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff zzz");
}
