// Command yaml reads documents, one JSON text a line, the way Juju's relation-set does (goyaml v2, into a map of strings),
// and prints each as JSON, or {"error": "..."} as a JSON text.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"gopkg.in/yaml.v2"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var document string
		if err := json.Unmarshal(lines.Bytes(), &document); err != nil {
			panic(err)
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal([]byte(document), &texts); err != nil {
			out.Encode(err.Error())
			continue
		}
		out.Encode(texts)
	}
}
