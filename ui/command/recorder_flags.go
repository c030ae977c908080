package command

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// records are the files a run is to be recorded in; empty names want none.
type records struct {
	pcap, transcript string
}

func (r *records) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.pcap, "pcap", "", "write the packets to `FILE` (pcapng), each with the call that caused it")
	cmd.Flags().StringVar(&r.transcript, "transcript", "", "write everything to `FILE` as text: calls as strace has them, packets between")
}

func (r records) check() error {
	if r.pcap != "" && filepath.Clean(r.pcap) == filepath.Clean(r.transcript) {
		return misuse("--pcap and --transcript name the same file, %s", r.pcap)
	}
	return nil
}

// of are the files of one lesson of several: its name stands before the extension.
func (r records) of(lesson string) records {
	return records{withLesson(r.pcap, lesson), withLesson(r.transcript, lesson)}
}

func withLesson(path, lesson string) string {
	if path == "" {
		return ""
	}
	ext := filepath.Ext(path)
	if ext == filepath.Base(path) {
		ext = "" // a hidden file's name is no extension
	}
	return strings.TrimSuffix(path, ext) + "-" + lesson + ext
}

// open makes the files; nil where none is wanted.
func (r records) open() *recorder {
	rec := &recorder{}
	if r.pcap != "" {
		rec.files = append(rec.files, newRecordFile(r.pcap, pcapng))
	}
	if r.transcript != "" {
		rec.files = append(rec.files, newRecordFile(r.transcript, transcript))
	}
	if len(rec.files) == 0 {
		return nil
	}
	return rec
}
